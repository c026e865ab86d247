/**
 * A page of Farpad in Chromium that is watched for a long time: its openings of each WebSocket, its states and
 * its media statistics.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { openPage } from "../player.ts";

/** Running totals of what a page received, summed over its connected peer connections. */
export interface MediaReport {
  /** Freezes, as the browser counts them (`freezeCount`). */
  readonly freezes: number;
  readonly framesDecoded: number;
  readonly video: Buffered;
  readonly audio: Buffered;
}

/** The output of a jitter buffer, and its waiting time in seconds, summed up (`jitterBufferDelay`, W3C webrtc-stats). */
interface Buffered {
  /** Pictures, or samples of sound. */
  readonly emitted: number;
  readonly waited: number;
}

/**
 * How much longer sound waited than pictures between two reports, in milliseconds: both are stamped at the same
 * moment and sent at once, so this is how far sound is behind the picture. `undefined` when nothing was played.
 */
export function audioBehind(before: MediaReport, after: MediaReport): number | undefined {
  const audio = meanWait(before.audio, after.audio);
  const video = meanWait(before.video, after.video);
  return audio === undefined || video === undefined ? undefined : (audio - video) * 1_000;
}

function meanWait(before: Buffered, after: Buffered): number | undefined {
  const emitted = after.emitted - before.emitted;
  return emitted > 0 ? (after.waited - before.waited) / emitted : undefined;
}

/** The reconnects of a page to one address. */
export interface PageReconnects {
  /** The page's name and the address. */
  readonly connection: string;
  /** ISO times. */
  readonly times: readonly string[];
}

export interface WatchedPage {
  readonly name: string;
  readonly page: Page;
  /** When each WebSocket was opened, by its address (the path): ISO times. */
  readonly sockets: ReadonlyMap<string, readonly string[]>;
  /** Errors and warnings that the page's own scripts wrote to its console. */
  readonly complaints: readonly string[];
  report(): Promise<MediaReport>;
}

/** Opens a page in a profile of its own and watches it from its first script on. */
export async function watchPage(browser: Browser, name: string, url: string): Promise<WatchedPage> {
  const sockets = new Map<string, string[]>();
  const complaints: string[] = [];
  const page = await openPage(browser, "about:blank");
  page.on("websocket", (socket) => {
    const { pathname } = new URL(socket.url());
    sockets.set(pathname, [...sockets.get(pathname) ?? [], new Date().toISOString()]);
  });
  page.on("pageerror", (error) => void complaints.push(`${name}: ${error.message}`));
  await page.goto(url);
  return { name, page, sockets, complaints, report: () => readReport(page) };
}

/** Openings beyond the first of each address: each is one reconnect. */
export function reconnectsOf({ name, sockets }: WatchedPage): PageReconnects[] {
  return [...sockets].map(([path, openings]) => ({
    connection: `${name}, ${path}`,
    times: openings.slice(1),
  }));
}

function readReport(page: Page): Promise<MediaReport> {
  return page.evaluate(async () => {
    let freezes = 0;
    let framesDecoded = 0;
    const buffers = { video: { emitted: 0, waited: 0 }, audio: { emitted: 0, waited: 0 } };
    for (const connection of farpadProbe.connections) {
      if (connection.connectionState !== "connected") continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp") continue;
        freezes += report.freezeCount ?? 0;
        framesDecoded += report.framesDecoded ?? 0;
        const buffer = buffers[report.kind as "video" | "audio"];
        buffer.emitted += report.jitterBufferEmittedCount ?? 0;
        buffer.waited += report.jitterBufferDelay ?? 0;
      }
    }
    return { freezes, framesDecoded, ...buffers };
  });
}

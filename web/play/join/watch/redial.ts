/**
 * Dials the coordinator at once when there is a sign that it can be reached again, so that a page does not sit out the
 * rest of its delay.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { type Clock, every, type Millis } from "../../../../protocol/clock.ts";
import type { MediaConnection } from "../../media/media_connection.ts";
import { SILENT_AFTER } from "../../media/path_watch.ts";
import type { Connection } from "../connection.ts";

/** Time between two looks at the media connection, in milliseconds. */
const LOOK_PERIOD = 250;
/** An attempt that lasts this long may wait for an answer to a packet that was lost, in milliseconds. */
export const HOPELESS_AFTER = 2_000;
/**
 * The same for an attempt that a sign began, in milliseconds: on a slow network signs may come one after another, and an
 * attempt takes seconds.
 */
export const SIGNED_HOPELESS_AFTER = 6_000;
/** Time between two attempts by signs, in milliseconds: a browser may report a change of its network several times. */
export const SIGN_SPACING = 1_000;

interface RedialPorts {
  readonly clock: Clock;
  readonly socket: Pick<Connection["socket"], "state" | "restart">;
  readonly media: ReadonlySignal<Pick<MediaConnection, "receivedAt"> | undefined>;
}

/** Watches the media connection, and takes the signs of the browser. Disposing ends it. */
export class Redial implements Disposable {
  readonly #ports: RedialPorts;
  readonly #looking: Disposable;
  #signAt: Millis | undefined;
  #media: Pick<MediaConnection, "receivedAt"> | undefined;
  /** When the newest message of the worker came, at the last look. */
  #receivedAt: Millis | undefined;

  constructor(ports: RedialPorts) {
    this.#ports = ports;
    this.#looking = every(ports.clock, LOOK_PERIOD, () => this.#look());
  }

  /** The coordinator may be reached again: the browser is online, the page is shown, or the worker answers. */
  sign(): void {
    const { clock, socket } = this.#ports;
    const now = clock.now();
    const link = socket.state.peek();
    const signAt = this.#signAt;
    const isDue = link.state === "lost" ||
      (link.state === "connecting" && now - link.since >= patience(link.since, signAt));
    if (!isDue || (signAt !== undefined && now - signAt < SIGN_SPACING)) return;
    this.#signAt = now;
    socket.restart();
  }

  [Symbol.dispose](): void {
    this.#looking[Symbol.dispose]();
  }

  #look(): void {
    const media = this.#ports.media.peek();
    const before = media === this.#media ? this.#receivedAt : undefined;
    this.#media = media;
    this.#receivedAt = media?.receivedAt;
    if (before === undefined || this.#receivedAt === undefined) return;
    if (this.#receivedAt - before >= SILENT_AFTER) this.sign();
  }
}

/** How long an attempt that began at `since` has, in milliseconds. */
function patience(since: Millis, signAt: Millis | undefined): number {
  return signAt !== undefined && since >= signAt ? SIGNED_HOPELESS_AFTER : HOPELESS_AFTER;
}

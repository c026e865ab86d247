/**
 * A page whose media passes a bad network, in both directions. Its signalling has the network's delay and no loss, as
 * TCP would.
 *
 * @module
 */
import type { Browser, Page, WebSocketRoute } from "playwright-core";
import { preciseEpoch, sleep, systemClock } from "../../../protocol/clock.ts";
import { CLOSE } from "../../../protocol/close.ts";
import type { VideoTotals } from "../page/link_probe.ts";
import { pageScript } from "../page_script.ts";
import { openPage } from "../player.ts";
import { forBrowser, forWorker } from "./candidates.ts";
import type { Script } from "./conditions.ts";
import { blackout, type Regime } from "./regimes.ts";
import { Relay } from "./relay.ts";

let script: Promise<string> | undefined;

/** A page behind a relay. Disposing closes both. */
export interface RelayedPage extends AsyncDisposable {
  readonly page: Page;
  /** The relay that stands for the worker's addresses at present. */
  readonly relay: Relay;
  /**
   * The network changes: nothing passes any more, except to addresses that the page learns from here on, and its socket
   * to the coordinator is closed.
   */
  move(): Promise<void>;
  /** When the page opened its first socket to the coordinator, in milliseconds since 1970. */
  readonly socketAt: number | undefined;
}

/** Opens a page in a profile of its own, behind a network of its own that begins with `regime`. */
export async function openRelayedPage(
  browser: Browser,
  url: string,
  { regime, seed }: { readonly regime: Regime; readonly seed: number },
): Promise<RelayedPage> {
  const content = await (script ??= pageScript("link_probe"));
  const relays = [new Relay({ clock: systemClock, regime, seed })];
  const relay = () => relays.at(-1)!;
  const end = () => relays.forEach((each) => each[Symbol.dispose]());
  let socketAt: number | undefined;
  let socket: WebSocketRoute | undefined;
  try {
    const page = await openPage(browser, url, {
      async prepare(page) {
        await page.addInitScript({ content });
        await page.routeWebSocket(({ pathname }) => pathname === "/ws", (route) => {
          socketAt ??= preciseEpoch();
          socket = route;
          passOn(route, { relay, regime });
        });
      },
    });
    return {
      page,
      get relay() {
        return relay();
      },
      async move() {
        relay().change(blackout(Infinity));
        relays.push(new Relay({ clock: systemClock, regime, seed }));
        await socket?.close({ code: CLOSE.goingAway });
      },
      get socketAt() {
        return socketAt;
      },
      async [Symbol.asyncDispose]() {
        await page.context().close();
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** The bitrate that the worker aims at by its newest report, in bits a second; `undefined` before the first. */
export function targetBitrate({ page }: RelayedPage): Promise<number | undefined> {
  return page.evaluate(() => farpadLink.targets.at(-1)?.bitrate);
}

/** What the page has received so far. */
export function videoTotals({ page }: RelayedPage): Promise<VideoTotals> {
  return page.evaluate(() => farpadLink.video());
}

function passOn(
  browser: WebSocketRoute,
  { relay, regime }: { relay: () => Relay; regime: Regime },
): void {
  const coordinator = browser.connectToServer();
  const toWorker = inOrder(regime.up, (text) => Promise.resolve(forWorker(text)));
  const toBrowser = inOrder(
    regime.down,
    (text) => forBrowser(text, (worker) => relay().front(worker)),
  );
  browser.onMessage((message) => toWorker(String(message), (text) => coordinator.send(text)));
  coordinator.onMessage((message) => toBrowser(String(message), (text) => browser.send(text)));
}

/** Changes one message after the other, each after the delay with which the script begins. */
function inOrder(
  { phases: [first] }: Script,
  change: (text: string) => Promise<string | undefined>,
): (text: string, send: (text: string) => void) => void {
  const delayMs = first?.conditions.delayMs ?? 0;
  let turn = Promise.resolve();
  return (text, send) => {
    const due = delayMs > 0 ? sleep(systemClock, delayMs) : undefined;
    turn = turn.then(async () => {
      const changed = await change(text);
      await due;
      if (changed !== undefined) send(changed);
    });
  };
}

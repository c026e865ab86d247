/**
 * What every link keeps, over a bad network between two processes.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { LinkFigures, OpenLink, SendingLink } from "../../media/links/ports.ts";
import { preciseEpoch, sleep, systemClock } from "../../protocol/clock.ts";
import { type FromLinkSink, startChild, type TestChild } from "../support/field/children.ts";
import { numberedPackets } from "../support/links/numbered.ts";
import { always } from "../support/relay/conditions.ts";
import type { Regime } from "../support/relay/regimes.ts";
import { Relay } from "../support/relay/relay.ts";

const PASSPHRASE = "0123456789abcdef";
const LATENCY = 200;
const DELAY = 15;
/** What a busy machine may add to the error of a clock, in milliseconds. */
const SLACK = 40;
const LOSS = 0.03;
/** About 1.3 Mbit/s for 3 s. */
const [PACKETS, BATCH, PERIOD] = [2_600, 18, 20];

const path = { delayMs: DELAY };
const LOSSY: Regime = { down: always(path), up: always({ ...path, loss: LOSS }) };

interface Scene extends Disposable {
  readonly sink: TestChild<FromLinkSink>;
  /** The receiver as the link reaches it: through the relay. */
  readonly url: string;
  readonly relay: Relay;
}

async function setup(
  { scheme, port, regime }: { scheme: string; port: number; regime: Regime },
): Promise<Scene> {
  const sink = startChild<FromLinkSink>("../links/sink_main.ts", [
    scheme,
    PASSPHRASE,
    String(LATENCY),
    "127.0.0.1",
    String(port),
  ]);
  const bound = await sink.until("a bound port", (all) => all.find(({ type }) => type !== "count"));
  equal(bound.type, "bound");
  const relay = new Relay({ clock: systemClock, regime, seed: 7 });
  const front = await relay.front({ host: "127.0.0.1", port });
  return {
    sink,
    relay,
    url: `${scheme}://127.0.0.1:${front}`,
    [Symbol.dispose]() {
      relay[Symbol.dispose]();
      sink[Symbol.dispose]();
    },
  };
}

async function sendAll(link: SendingLink): Promise<void> {
  for (let first = 0; first < PACKETS; first += BATCH) {
    const count = Math.min(BATCH, PACKETS - first);
    equal((await link.send(numberedPackets(first, count))).error, undefined);
    await sleep(systemClock, PERIOD);
  }
}

function counted(sink: TestChild<FromLinkSink>) {
  return sink.received.findLast((each) => each.type === "count") ??
    { count: 0, callers: 0, recovered: 0 };
}

/** Registers the tests for one kind of link. `port`: a free UDP port, with a hundred free ones after it. */
export function sendingLinkContract(
  name: string,
  { scheme, open, port, measures }: {
    readonly scheme: string;
    readonly open: OpenLink;
    readonly port: number;
    /** Whether it measures round trip and loss. */
    readonly measures: boolean;
  },
): void {
  Deno.test(`[LNK5] [LNK10] [CAP3] ${name}: lost packets are sent again in time, path and receiver's clock are measured; requests for keyframes come back`, async () => {
    using scene = await setup({ scheme, port, regime: LOSSY });
    let asked = 0;
    const opened = await open({
      url: scene.url,
      passphrase: PASSPHRASE,
      latency: LATENCY,
      keyframeWanted: () => void asked++,
    });
    if ("error" in opened) throw new Error(opened.error);
    using link = opened;
    await sendAll(link);
    const figures: LinkFigures = link.figures;
    await scene.sink.until(
      "the packets",
      (all) =>
        all.some((each) => each.type === "count" && each.count >= PACKETS * 0.99) || undefined,
    );
    ok(figures.sentBytes >= PACKETS * 188, `${figures.sentBytes} bytes`);
    equal(figures.paths.length, 1);
    const { rtt, lossRate } = figures.paths[0]!;
    const { receiverClock: clock } = link;
    if (!measures) return deepEqual([rtt, clock], [undefined, undefined]);
    ok(rtt! >= 2 * DELAY, `round trip ${rtt} ms`);
    ok(lossRate! > LOSS / 3 && lossRate! < LOSS * 3, `lost ${lossRate}`);
    ok(clock?.type === "known", "the receiver's clock is not known");
    // Both processes have the clock of this machine.
    const wrong = Math.abs(clock.offset - (preciseEpoch() - systemClock.now()));
    ok(wrong <= clock.error + SLACK, `clock wrong by ${wrong} ms, stated ${clock.error} ms`);
    ok(asked >= 5, `${asked} requests for a keyframe`);
    ok((counted(scene.sink).recovered ?? 0) >= PACKETS / 7 * LOSS / 3);
  });

  Deno.test(`[LNK6] ${name}: nobody sends to a receiver without its passphrase`, async () => {
    using scene = await setup({
      scheme,
      port: port + 2,
      regime: { down: always({}), up: always({}) },
    });
    const wrong = await open({ url: scene.url, passphrase: `${PASSPHRASE}!`, latency: LATENCY });
    ok("error" in wrong);
    match(wrong.error, /passphrase/);
    ok("error" in await open({ url: scene.url, latency: LATENCY }));
    equal(counted(scene.sink).callers, 0);
    using link = await openWithin(open, scene.url);
    equal((await link.send(numberedPackets(0, 7))).error, undefined);
    await scene.sink.until(
      "a packet",
      (all) => all.some((each) => each.type === "count" && each.count > 0) || undefined,
    );
  });
}

/** A listener is bound anew after a stranger was refused. */
async function openWithin(open: OpenLink, url: string): Promise<SendingLink> {
  for (let attempts = 0; attempts < 5; attempts++) {
    const opened = await open({ url, passphrase: PASSPHRASE, latency: LATENCY });
    if (!("error" in opened)) return opened;
  }
  throw new Error("The link was not opened");
}

/**
 * A bonded link in virtual time: its two cores with an impaired network for each path between them, and a stream of
 * numbered packets.
 *
 * @module
 */
import { RistReceiver } from "../../../media/links/rist/receiver.ts";
import { DEFAULT_RULES, type SchedulerRules } from "../../../media/links/rist/scheduler.ts";
import { RistSender } from "../../../media/links/rist/sender.ts";
import type { Millis } from "../../../protocol/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { NetworkPath } from "../relay/path.ts";
import type { Regime } from "../relay/regimes.ts";

/** Bytes of a packet. */
export const PACKET = 1_316;

/** Milliseconds since 1970 by the receiver at time 0; the sender does not know it. */
export const EPOCH_ORIGIN = 1_764_000_000_000;

/** What came out of the link. */
export interface BondedCounts {
  sent: number;
  /** Numbers in the order they were delivered. */
  readonly delivered: number[];
  /** Time from sending to delivery of each, in milliseconds. */
  readonly waits: number[];
  keyframes: number;
}

export class BondedNet {
  readonly sender: RistSender;
  readonly receiver: RistReceiver;
  readonly counts: BondedCounts = { sent: 0, delivered: [], waits: [], keyframes: 0 };
  /** From sender to receiver, and back. */
  readonly up: NetworkPath<Uint8Array>[];
  readonly down: NetworkPath<Uint8Array>[];
  readonly #sentAt: number[] = [];
  now = 0 as Millis;
  #debt = 0;
  #stalled: "sender" | "receiver" | undefined;

  constructor(
    { regimes, latency = 200, seed = 1, rules = DEFAULT_RULES, secrets = ["secret", "secret"] }: {
      readonly regimes: readonly Regime[];
      readonly latency?: number;
      readonly seed?: number;
      readonly rules?: SchedulerRules;
      /** Of the sender and the receiver. */
      readonly secrets?: readonly [string, string];
    },
  ) {
    const path = (script: Regime["up"], own: number) =>
      new NetworkPath<Uint8Array>({
        script,
        random: new SeededRandom(seed * 1_000 + own),
        now: this.now,
      });
    this.up = regimes.map(({ up }, index) => path(up, 2 * index));
    this.down = regimes.map(({ down }, index) => path(down, 2 * index + 1));
    const paths = regimes.length;
    const { now } = this;
    this.sender = new RistSender({
      ...{ paths, latency, rules, now, secret: secrets[0] },
      random: new SeededRandom(seed),
      emit: (index, datagram) => this.up[index]!.push(datagram, this.now),
      keyframeWanted: () => void this.counts.keyframes++,
    });
    this.receiver = new RistReceiver({
      ...{ paths, latency, now, secret: secrets[1] },
      epochOrigin: EPOCH_ORIGIN,
      random: new SeededRandom(seed + 1),
      emit: (index, datagram) => this.down[index]!.push(datagram, this.now),
      listener: {
        connected: () => {},
        disconnected: () => {},
        packet: (payload) => {
          const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
          this.counts.delivered.push(number);
          this.counts.waits.push(this.now - this.#sentAt[number]!);
        },
      },
    });
  }

  /** Packets that were sent and did not come, of those that were sent between two moments. */
  lost(from = 0, to: number = this.counts.sent): number {
    return to - from -
      new Set(this.counts.delivered.filter((each) => each >= from && each < to)).size;
  }

  /** Lets time pass in which one end does nothing, as on a machine that is busy. */
  stall(end: "sender" | "receiver", ms: number, stream: { readonly bitrate?: number } = {}): void {
    this.#stalled = end;
    this.run(ms, stream);
    this.#stalled = undefined;
  }

  /** Lets time pass with a stream of this bitrate, in bits a second. */
  run(ms: number, { bitrate = 0, isCritical = false } = {}): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now = this.now + 1 as Millis;
      const { now } = this;
      // As in the runtime, timers run before what came in is read.
      if (now % 10 === 0 && this.#stalled !== "sender") this.sender.turn(now);
      if (now % 5 === 0 && this.#stalled !== "receiver") this.receiver.turn(now);
      this.up.forEach((path, index) => {
        if (this.#stalled === "receiver") return;
        for (const datagram of path.take(now)) this.receiver.receive(index, datagram, now);
      });
      this.down.forEach((path, index) => {
        if (this.#stalled === "sender") return;
        for (const datagram of path.take(now)) this.sender.receive(index, datagram, now);
      });
      this.#debt += bitrate / 8_000;
      for (; this.#debt >= PACKET; this.#debt -= PACKET) this.send(isCritical);
    }
  }

  send(isCritical = false): void {
    const payload = new Uint8Array(PACKET);
    new DataView(payload.buffer).setUint32(0, this.counts.sent);
    this.#sentAt[this.counts.sent++] = this.now;
    this.sender.send(payload, { isCritical, now: this.now });
  }

  change(index: number, { up, down }: Regime): void {
    this.up[index]!.change(up, this.now);
    this.down[index]!.change(down, this.now);
  }
}

/**
 * One viewer behind a simulated network, in virtual time: an encoder that follows the target bitrate, the pacer, sound,
 * the way of every packet, and a browser that reports on them.
 *
 * @module
 */
import type { Random } from "../../../protocol/random.ts";
import { PacketPacer } from "../../../worker/sending/packet_pacer.ts";
import type { BitrateLimits } from "../../../worker/sending/rate/limits.ts";
import type { LinkReport } from "../../../worker/sending/rate/ports.ts";
import { SentPackets } from "../../../worker/sending/rate/sent_packets.ts";
import { ViewerBitrate } from "../../../worker/sending/rate/viewer_bitrate.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { capacity } from "../relay/conditions.ts";
import { NetworkPath } from "../relay/path.ts";
import type { Regime } from "../relay/regimes.ts";
import { ReceiverEstimate } from "./receiver_estimate.ts";

const PAYLOAD = 1150;
/** RTP, its extensions and SRTP; the path itself adds UDP and IP. */
const HEADERS = 44;
const SOUND_PAYLOAD = 120;
const FRAME_RATE = 60;
/** A browser's feedback, in milliseconds. */
const FEEDBACK_PERIOD = 50;
const REMB_PERIOD = 250;
const LOSS_PERIOD = 1000;
/** The browser's clock runs ahead by this, and faster by 50 ppm. */
const SKEW = 123_456;
const DRIFT = 5e-5;

interface Packet {
  readonly byteLength: number;
  readonly number: number;
  readonly sentAt: number;
  readonly frame: number | undefined;
  readonly isLast: boolean;
  readonly madeAt: number;
}

/** What a run of the simulation shows. Milliseconds, bits per second and shares. */
export interface SimulatedFigures {
  readonly oneWayP50: number;
  readonly oneWayP95: number;
  /** Bits that arrived, of those that the link carries, or of the most that may be sent where that is less. */
  readonly used: number;
  readonly meanTarget: number;
  readonly leastTarget: number;
  readonly lastTarget: number;
  readonly audioGap: number;
  readonly frames: number;
  readonly targets: readonly number[];
}

/** Plays `seconds` of a regime; figures are of the time after `warmUp` seconds. */
export function simulateLink(
  regime: Regime,
  { feedback, limits, seconds = 60, warmUp = 10, seed = 1, activity = () => 1, starved }: {
    readonly feedback: "transport" | "remb";
    readonly limits: BitrateLimits;
    readonly seconds?: number;
    readonly warmUp?: number;
    readonly seed?: number;
    /** Share of the target that the pictures need at a time, in milliseconds. */
    readonly activity?: (at: number) => number;
    /**
     * A starved machine: the last router of the way and the browser each stand still for up to `stallMs`, and run for
     * `runMs` in the mean between.
     */
    readonly starved?: { readonly stallMs: number; readonly runMs: number } | undefined;
  },
): SimulatedFigures {
  const clock = new FakeClock();
  const random: Random = new SeededRandom(seed);
  const bitrate = new ViewerBitrate(clock, () => limits);
  const sent = new SentPackets();
  const down = new NetworkPath<Packet>({ script: regime.down, random, now: 0 });
  const up = new NetworkPath<{ byteLength: number; report: LinkReport[] | Feedback }>({
    script: regime.up,
    random,
    now: 0,
  });
  let encoded = limits.initial;
  const write = (packet: Omit<Packet, "number" | "sentAt">) => {
    const number = sent.next(packet.byteLength + 28, clock.now());
    down.push({ ...packet, number, sentAt: clock.now() }, clock.now());
  };
  const pacer = new PacketPacer<Omit<Packet, "number" | "sentAt">>(clock, (packets) => {
    for (const packet of packets) write(packet);
  });

  const pending = new Map<number, number>();
  let highest = -1;
  let reported = -1;
  const delays: number[] = [];
  const targets: number[] = [];
  let arrivedBits = 0;
  let soundAt: number | undefined;
  let audioGap = 0;
  let frames = 0;
  const stages = [new Stage(random, starved), new Stage(random, starved)];
  const routed: Packet[] = [];
  let counted = { arrived: 0, highest: -1 };
  const estimate = new ReceiverEstimate();
  const total = seconds * 1000;

  for (let now = 0; now < total; now++) {
    clock.advance(1);
    const at = clock.now();
    if (at % 10 === 0) {
      write({ byteLength: SOUND_PAYLOAD + HEADERS, frame: undefined, isLast: false, madeAt: at });
    }
    if (Math.floor(at * FRAME_RATE / 1000) !== Math.floor((at - 1) * FRAME_RATE / 1000)) {
      encoded += 0.5 * (bitrate.target - encoded);
      const share = activity(at) * (0.75 + 0.5 * random.unit());
      const bytes = Math.max(100, encoded / FRAME_RATE / 8 * (frames === 0 ? 6 : share));
      const frame = frames++;
      const count = Math.ceil(bytes / PAYLOAD);
      const size = Math.ceil(bytes / count) + HEADERS;
      const packets = Array.from({ length: count }, (_, index) => ({
        byteLength: size,
        frame,
        isLast: index === count - 1,
        madeAt: at as number,
      }));
      if (pacer.push(packets)) bitrate.sent(bytes);
    }
    const [router, browser] = stages.map((stage) => stage.runs(at));
    if (router) routed.push(...down.take(at));
    for (const packet of browser ? routed.splice(0) : []) {
      highest = Math.max(highest, packet.number);
      const receivedAt = at * (1 + DRIFT) + SKEW;
      pending.set(packet.number, Math.round(receivedAt * 4) / 4);
      estimate.arrived({ sentAt: packet.sentAt, receivedAt, bytes: packet.byteLength + 28 });
      counted.arrived++;
      if (at < warmUp * 1000) continue;
      arrivedBits += (packet.byteLength + 28) * 8;
      if (packet.isLast) delays.push(at - packet.madeAt);
      if (packet.frame === undefined) {
        if (soundAt !== undefined) audioGap = Math.max(audioGap, at - soundAt);
        soundAt = at;
      }
    }
    const give = (report: LinkReport[] | Feedback) => up.push({ byteLength: 80, report }, at);
    const isDue = at % FEEDBACK_PERIOD === 0 && browser;
    if (feedback === "transport" && isDue && highest > reported) {
      const times = Array.from(
        { length: highest - reported },
        (_, index) => pending.get(reported + 1 + index),
      );
      give({ first: (reported + 1) % 2 ** 16, times });
      for (const number of pending.keys()) if (number <= highest) pending.delete(number);
      reported = highest;
    }
    if (feedback === "remb" && at % REMB_PERIOD === 0) {
      give([{ type: "remb", bitrate: estimate.bitrate(at * (1 + DRIFT) + SKEW) }]);
    }
    if (feedback === "remb" && at % LOSS_PERIOD === 0) {
      const expected = highest - counted.highest;
      const share = expected > 0 ? Math.max(0, 1 - counted.arrived / expected) : 0;
      give([{ type: "loss", share }]);
      counted = { arrived: 0, highest };
    }
    for (const { report } of up.take(at)) {
      const reports: readonly LinkReport[] = Array.isArray(report)
        ? report
        : [{ type: "packets", packets: sent.match(report.first, report.times) }];
      for (const each of reports) bitrate.reported(each);
    }
    if (at % 250 === 0) {
      bitrate.decide();
      targets.push(bitrate.target);
    }
  }
  delays.sort((a, b) => a - b);
  const kept = targets.slice(warmUp * 4);
  const most = (limits.ceiling * 1.07 + 160_000) * (seconds - warmUp);
  return {
    oneWayP50: delays[Math.floor(delays.length * 0.5)] ?? Infinity,
    oneWayP95: delays[Math.floor(delays.length * 0.95)] ?? Infinity,
    used: arrivedBits /
      usable(regime, { from: warmUp * 1000, to: total, most: most / (seconds - warmUp) }),
    meanTarget: kept.reduce((sum, each) => sum + each, 0) / kept.length,
    leastTarget: Math.min(...kept),
    lastTarget: kept.at(-1) ?? 0,
    audioGap,
    frames,
    targets,
  };
}

interface Feedback {
  readonly first: number;
  readonly times: readonly (number | undefined)[];
}

/** The bits that can be sent: by each 100 ms, what the link carries or the most that may be sent. */
function usable(
  { down }: Regime,
  { from, to, most }: { from: number; to: number; most: number },
): number {
  let bits = 0;
  for (let at = from; at < to; at += 100) {
    bits += Math.min(capacity(down, at, at + 100), most / 10);
  }
  return bits;
}

/** A program that the machine lets run at times only. */
class Stage {
  readonly #random: Random;
  readonly #starved: { readonly stallMs: number; readonly runMs: number } | undefined;
  #stalledUntil = -Infinity;

  constructor(
    random: Random,
    starved: { readonly stallMs: number; readonly runMs: number } | undefined,
  ) {
    this.#random = random;
    this.#starved = starved;
  }

  runs(at: number): boolean {
    if (!this.#starved) return true;
    const { stallMs, runMs } = this.#starved;
    if (at >= this.#stalledUntil && this.#random.unit() < 1 / runMs) {
      this.#stalledUntil = at + stallMs * this.#random.unit();
    }
    return at >= this.#stalledUntil;
  }
}

/**
 * A viewer of a room behind a simulated network, in virtual time: the pacer, the way of every packet, sound, and a
 * browser that reports on them, decodes in order, and requests a keyframe where it cannot.
 *
 * @module
 */
import type { Random } from "../../../protocol/random.ts";
import { PacketPacer } from "../../../worker/sending/packet_pacer.ts";
import { SentPackets } from "../../../worker/sending/rate/sent_packets.ts";
import type { FakeClock } from "../../fakes/clock.ts";
import type { FakePeer } from "../../fakes/peer.ts";
import { NetworkPath } from "../relay/path.ts";
import type { Regime } from "../relay/regimes.ts";

const PAYLOAD = 1150;
/** RTP, its extensions and SRTP, then UDP and IP, in bytes. */
const HEADERS = 44;
const DATAGRAM = 28;
const SOUND_BYTES = 164;
/** In milliseconds. */
const SOUND_PERIOD = 10;
const FEEDBACK_PERIOD = 50;
const PLI_PERIOD = 250;

interface Packet {
  readonly byteLength: number;
  readonly number: number;
  /** Absent: sound. */
  readonly picture?: { readonly index: number; readonly isLast: boolean };
}

interface Feedback {
  readonly byteLength: number;
  readonly first?: number;
  readonly times?: readonly (number | undefined)[];
  readonly needsKeyframe?: true;
}

/** One picture that the browser showed. */
export interface ShownPicture {
  readonly at: number;
  /** The frame's first byte, by which a test tells layers apart. */
  readonly mark: number;
  readonly keyframe: boolean;
}

/** Plays the network and the browser of one fake peer. Call {@linkcode SimulatedViewer.step} each millisecond. */
export class SimulatedViewer implements Disposable {
  readonly shown: ShownPicture[] = [];
  readonly #clock: FakeClock;
  readonly #peer: FakePeer;
  readonly #sent = new SentPackets();
  readonly #down: NetworkPath<Packet>;
  readonly #up: NetworkPath<Feedback>;
  readonly #pacer: PacketPacer<Omit<Packet, "number">>;
  readonly #frames: FakePeer["video"] = [];
  readonly #times = new Map<number, number>();
  readonly #arrived = new Map<number, number>();
  #highest = -1;
  #reported = -1;
  #next = 0;
  #isWhole = false;
  #askedAt = -Infinity;

  constructor(
    peer: FakePeer,
    { clock, random, regime }: { clock: FakeClock; random: Random; regime: Regime },
  ) {
    this.#clock = clock;
    this.#peer = peer;
    const now = clock.now();
    this.#down = new NetworkPath({ script: regime.down, random, now });
    this.#up = new NetworkPath({ script: regime.up, random, now });
    this.#pacer = new PacketPacer(clock, (packets) => packets.forEach((each) => this.#write(each)));
  }

  /** The longest time without a picture between two instants, in milliseconds. */
  longestGap(from: number, to: number): number {
    const times = this.shown.map(({ at }) => at).filter((at) => at >= from && at <= to);
    const all = [from, ...times, to];
    return Math.max(...all.slice(1).map((at, index) => at - all[index]!));
  }

  /** One millisecond. */
  step(): void {
    const now = this.#clock.now();
    if (now % SOUND_PERIOD === 0) this.#write({ byteLength: SOUND_BYTES });
    for (const frame of this.#peer.video.splice(0)) this.#send(frame);
    for (const packet of this.#down.take(now)) this.#receive(packet, now);
    if (now % FEEDBACK_PERIOD === 0) this.#report();
    for (const { first, times, needsKeyframe } of this.#up.take(now)) {
      this.#peer.listener.rtcpReceived();
      if (needsKeyframe) this.#peer.listener.keyframeRequested();
      if (first === undefined || !times) continue;
      this.#peer.listener.packets(this.#sent.match(first, times));
    }
  }

  [Symbol.dispose](): void {
    this.#pacer[Symbol.dispose]();
  }

  #write(packet: Omit<Packet, "number">): void {
    const number = this.#sent.next(packet.byteLength + DATAGRAM, this.#clock.now());
    this.#down.push({ ...packet, number }, this.#clock.now());
  }

  #send(frame: FakePeer["video"][number]): void {
    const index = this.#frames.push(frame) - 1;
    const count = Math.ceil(frame.data.length / PAYLOAD);
    const byteLength = Math.ceil(frame.data.length / count) + HEADERS;
    this.#pacer.push(
      Array.from(
        { length: count },
        (_, at) => ({ byteLength, picture: { index, isLast: at === count - 1 } }),
      ),
    );
  }

  #receive({ number, picture }: Packet, now: number): void {
    this.#highest = Math.max(this.#highest, number);
    this.#times.set(number, now);
    if (!picture) return;
    const arrived = (this.#arrived.get(picture.index) ?? 0) + 1;
    this.#arrived.set(picture.index, arrived);
    if (picture.isLast) this.#decode(picture.index, { packets: arrived, now });
  }

  #decode(index: number, { packets, now }: { packets: number; now: number }): void {
    const { data, keyframe } = this.#frames[index]!;
    const isComplete = packets === Math.ceil(data.length / PAYLOAD);
    const follows = index === this.#next && this.#isWhole;
    this.#next = index + 1;
    this.#isWhole = isComplete && (keyframe || follows);
    if (this.#isWhole) this.shown.push({ at: now, mark: data[0]!, keyframe });
    else if (now - this.#askedAt >= PLI_PERIOD) {
      this.#askedAt = now;
      this.#up.push({ byteLength: 80, needsKeyframe: true }, now);
    }
  }

  #report(): void {
    if (this.#highest <= this.#reported) return;
    const length = this.#highest - this.#reported;
    const times = Array.from({ length }, (_, at) => this.#times.get(this.#reported + 1 + at));
    const first = (this.#reported + 1) % 2 ** 16;
    this.#up.push({ byteLength: 80, first, times }, this.#clock.now());
    for (const number of this.#times.keys()) {
      if (number <= this.#highest) this.#times.delete(number);
    }
    this.#reported = this.#highest;
  }
}

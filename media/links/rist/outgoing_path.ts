/**
 * One path of a bonded link at the sending end: what was sent on it, what the other end reports, and its round trip.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Random } from "../../../protocol/random.ts";
import { LossWindow } from "../loss_window.ts";
import { Opener, PROTOCOL, Sealer } from "./cipher.ts";
import type { PathCount } from "./control.ts";
import { encodeInnerControl } from "./packet.ts";
import { newWeight, type PathReading, type PathWeight, silence, stepWeight } from "./weights.ts";

/** A path that did not answer for this long has failed, in milliseconds; it is asked five times in it. */
const SILENT = 500;
/** An echo that took longer is none, in milliseconds. */
const MAX_ECHO = 10_000;
/** The round trip is the quickest of so many echoes: a busy machine answers some of them late. */
const ECHOES = 4;
/** Most datagrams that are remembered until they are reported. */
const MAX_UNREPORTED = 4_096;
/**
 * A path whose packets stay unreported beyond the round trip gets fewer from here on (in milliseconds), and none in time
 * from there on (as a share of the latency).
 */
const [EASY, STUCK] = [60, 0.75] as const;

/** One datagram with media that the other end did not report yet. */
interface Unreported {
  readonly sequence: number;
  readonly at: Millis;
  readonly bytes: number;
}

/** A path that datagrams leave by. */
export class OutgoingPath {
  readonly opener: Opener;
  readonly #sealer: Sealer;
  #losses = new LossWindow();
  readonly #emit: (datagram: Uint8Array) => void;
  #weight: PathWeight;
  #unreported: Unreported[] = [];
  #unreportedBytes = 0;
  #sentBytes = 0;
  #echoes: number[] = [];
  #lossRate: number | undefined;
  #answeredAt: Millis | undefined;
  #answersSince = 0 as Millis;
  /** Bytes that arrived, as reported last, and at the last reading. */
  #arrived = 0;
  #newest: PathCount | undefined;
  #readAt: Millis;
  #readBytes = 0;

  constructor(
    { secret, random, now, emit }: {
      readonly secret: string;
      readonly random: Random;
      readonly now: Millis;
      readonly emit: (datagram: Uint8Array) => void;
    },
  ) {
    this.#sealer = new Sealer(secret, random);
    this.opener = new Opener(secret);
    this.#emit = emit;
    this.#weight = newWeight(now);
    this.#readAt = now;
    this.#losses.add({ at: now, sent: 0, lost: 0 });
  }

  get weight(): PathWeight {
    return this.#weight;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** In milliseconds; `undefined` until it is measured. */
  get rtt(): number | undefined {
    return this.#echoes.length > 0 ? Math.min(...this.#echoes) : undefined;
  }

  /** Share of the datagrams of the last seconds that did not arrive, 0 … 1. */
  get lossRate(): number | undefined {
    return this.#lossRate;
  }

  get unreportedBytes(): number {
    return this.#unreportedBytes;
  }

  get hasAnswered(): boolean {
    return this.#answeredAt !== undefined;
  }

  /** When the other end answered last; in the past before it ever did. */
  get answeredAt(): number {
    return this.#answeredAt ?? -Infinity;
  }

  /** For how long it has been answering, in milliseconds; 0 when it is silent. */
  answersFor(now: Millis): number {
    return this.isAnswering(now) ? now - this.#answersSince : 0;
  }

  /** Whether the other end answered on this path a short time ago. */
  isAnswering(now: Millis): boolean {
    return this.#answeredAt !== undefined && now - this.#answeredAt <= SILENT;
  }

  /**
   * How much of its share a path can take at the moment, by how long its packets stay unreported: 1 is all, 0: it
   * delivers nothing in time.
   */
  ease(latency: number, now: Millis): number {
    const [oldest] = this.#unreported;
    // Receivers of others report nothing.
    if (!oldest || !this.#newest) return 1;
    const waits = now - oldest.at - (this.#weight.baseRtt ?? 0) - EASY;
    return Math.min(1, Math.max(0, 1 - waits / Math.max(EASY, STUCK * latency)));
  }

  /** How long its oldest packet is unreported, in milliseconds. */
  waiting(now: Millis): number {
    const [oldest] = this.#unreported;
    return oldest && this.#newest ? now - oldest.at : 0;
  }

  /** Sends media, which is remembered until it is reported. */
  media(inner: Uint8Array, now: Millis): void {
    const sequence = this.#send(inner);
    const bytes = inner.length;
    this.#unreported.push({ sequence, at: now, bytes });
    this.#unreportedBytes += bytes;
    if (this.#unreported.length > MAX_UNREPORTED) this.#forget(1);
  }

  control(control: Uint8Array): void {
    this.#send(encodeInnerControl(control));
  }

  /** An echo took this long, in milliseconds. */
  echoed(ms: number, now: Millis): void {
    if (!(ms >= 0 && ms < MAX_ECHO)) return;
    if (!this.isAnswering(now)) this.#answersSince = now;
    this.#answeredAt = now;
    this.#echoes = [...this.#echoes, ms].slice(-ECHOES);
  }

  /** What the other end has of this path, which may come by way of any path. */
  reported(count: PathCount, now: Millis): void {
    const { highest, datagrams, bytes } = count;
    if (count.nonce !== this.#sealer.nonce) return;
    if (this.#newest && highest <= this.#newest.highest && datagrams <= this.#newest.datagrams) {
      return;
    }
    this.#newest = count;
    this.#arrived = bytes;
    const done = this.#unreported.findIndex(({ sequence }) => sequence > highest);
    this.#forget(done < 0 ? this.#unreported.length : done);
    const sent = highest + 1;
    this.#lossRate = this.#losses.add({ at: now, sent, lost: sent - datagrams });
  }

  /** Forgets packets that are of no use any more, in milliseconds. */
  expire(age: number, now: Millis): void {
    const kept = this.#unreported.findIndex(({ at }) => now - at <= age);
    this.#forget(kept < 0 ? this.#unreported.length : kept);
  }

  /** The reading of the last second, once a second; `answers`: whether it is taken to answer. */
  judge({ answers, latency, now }: { answers: boolean; latency: number; now: Millis }): void {
    const seconds = Math.max(0.001, (now - this.#readAt) / 1000);
    const reading: PathReading = {
      answers,
      rtt: this.rtt,
      lossRate: this.#lossRate,
      delivered: Math.max(0, this.#arrived - this.#readBytes) * 8 / seconds,
    };
    this.#readAt = now;
    this.#readBytes = this.#arrived;
    this.#weight = stepWeight(this.#weight, reading, { latency, now });
  }

  /** This machine was busy for so long, in milliseconds: what came meanwhile was not read. */
  excuse(ms: number): void {
    if (this.#answeredAt !== undefined) this.#answeredAt = this.#answeredAt + ms as Millis;
  }

  /** It stopped answering. */
  fail(now: Millis): void {
    // What it lost while it was gone says nothing about how it is afterwards.
    this.#losses = new LossWindow();
    this.#lossRate = undefined;
    this.#weight = silence(this.#weight, now);
  }

  #send(inner: Uint8Array): number {
    const datagram = this.#sealer.seal(PROTOCOL.reduced, inner);
    this.#sentBytes += datagram.length;
    this.#emit(datagram);
    return this.#sealer.last;
  }

  #forget(count: number): void {
    for (const { bytes } of this.#unreported.splice(0, count)) this.#unreportedBytes -= bytes;
  }
}

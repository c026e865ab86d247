/**
 * One path of a bonded link at the receiving end: its key, what came in, and how long packets take on it.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Random } from "../../../protocol/random.ts";
import { LossWindow } from "../loss_window.ts";
import { type OpenedDatagram, Opener, PROTOCOL, Sealer } from "./cipher.ts";
import type { PathCount } from "./control.ts";
import { encodeInnerControl } from "./packet.ts";

const SMOOTHING = 0.25;
/** Weight of a new packet in the average time on the way. */
const TRANSIT_SMOOTHING = 0.1;

/** A path that datagrams come in by. */
export class IncomingPath {
  readonly opener: Opener;
  readonly #sealer: Sealer;
  readonly #index: number;
  readonly #emit: (datagram: Uint8Array) => void;
  #losses = new LossWindow();
  #count: PathCount | undefined;
  /** The first sequence number of the newest key that came. */
  #first = 0;
  #lossRate: number | undefined;
  #rtt: number | undefined;
  #totalBytes = 0;
  /** When media came for the first time and not as a repeat, its highest number, and its time on the way. */
  #media: { at: Millis; number: number; transit: number } | undefined;

  constructor(
    { index, secret, random, emit }: {
      readonly index: number;
      readonly secret: string;
      readonly random: Random;
      readonly emit: (datagram: Uint8Array) => void;
    },
  ) {
    this.#index = index;
    this.opener = new Opener(secret);
    this.#sealer = new Sealer(secret, random);
    this.#emit = emit;
  }

  /** What came in with the newest key; `undefined` before anything did. */
  get count(): PathCount | undefined {
    return this.#count;
  }

  get lossRate(): number | undefined {
    return this.#lossRate;
  }

  get rtt(): number | undefined {
    return this.#rtt;
  }

  /** Bytes of all keys. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** When media came, its highest number and its average time on the way against the sender's clock, in milliseconds. */
  get media():
    | { readonly at: Millis; readonly number: number; readonly transit: number }
    | undefined {
    return this.#media;
  }

  /** Counts a datagram whose content is sound. */
  accept(opened: OpenedDatagram, bytes: number, now: Millis): void {
    this.opener.accept(opened);
    const { nonce, sequence } = opened;
    const before = this.#count?.nonce === nonce
      ? this.#count
      : { highest: 0, datagrams: 0, bytes: 0 };
    if (this.#count?.nonce !== nonce) {
      this.#losses = new LossWindow();
      this.#losses.add({ at: now, sent: sequence, lost: 0 });
      this.#first = sequence;
    }
    this.#count = {
      path: this.#index,
      nonce,
      highest: Math.max(before.highest, sequence),
      datagrams: before.datagrams + 1,
      bytes: before.bytes + bytes,
    };
    this.#totalBytes += bytes;
    const { highest, datagrams } = this.#count;
    const lost = Math.max(0, highest + 1 - this.#first - datagrams);
    this.#lossRate = this.#losses.add({ at: now, sent: highest + 1, lost }) ?? this.#lossRate;
  }

  /** Media came that is no repeat; `transit`: its time on the way against the sender's clock. */
  sawMedia(number: number, transit: number, now: Millis): void {
    const before = this.#media?.transit ?? transit;
    this.#media = {
      at: now,
      number: Math.max(number, this.#media?.number ?? 0),
      transit: before + (transit - before) * TRANSIT_SMOOTHING,
    };
  }

  /** Another stream begins. */
  restart(): void {
    this.#media = undefined;
  }

  echoed(ms: number): void {
    if (!(ms >= 0 && ms < 60_000)) return;
    this.#rtt = this.#rtt === undefined ? ms : this.#rtt + (ms - this.#rtt) * SMOOTHING;
  }

  control(control: Uint8Array): void {
    this.#emit(this.#sealer.seal(PROTOCOL.reduced, encodeInnerControl(control)));
  }
}

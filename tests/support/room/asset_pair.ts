/**
 * Two ends of the channel `assets` with a link between them that takes so many bytes a second, in virtual time.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Clock } from "../../../protocol/clock.ts";
import { AssetExchange } from "../../../protocol/room_assets/exchange.ts";
import type { AssetDelivery, AssetMessage } from "../../../protocol/room_assets/wire.ts";
import { decodeAssetMessage } from "../../../protocol/room_assets/wire.ts";
import { FakeClock } from "../../fakes/clock.ts";

/** The SHA-256 of bytes. */
export function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return Promise.resolve(createHash("sha256").update(bytes).digest());
}

/** A direction of the link. */
class Pipe {
  /** The most bytes that waited. */
  most = 0;
  #waiting = 0;
  /** False: nothing passes any more. */
  isOpen = true;
  readonly passed: AssetMessage[] = [];

  constructor(
    readonly clock: Clock,
    readonly rate: number,
    readonly arrive: (bytes: Uint8Array<ArrayBuffer>) => void,
  ) {}

  get waiting(): number {
    return this.#waiting;
  }

  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#waiting + bytes.length > 16_384) return false;
    this.#waiting += bytes.length;
    this.most = Math.max(this.most, this.#waiting);
    this.clock.after(this.#waiting / this.rate * 1_000, () => {
      this.#waiting -= bytes.length;
      if (!this.isOpen) return;
      this.passed.push(decodeAssetMessage(bytes)!);
      this.arrive(bytes);
    });
    return true;
  }
}

/** Makes the pair. `rate`: bytes a second in each direction. */
export function assetPair({ rate = 10_000_000 } = {}) {
  const clock = new FakeClock();
  const deliveries: AssetDelivery[] = [];
  const toPage: Pipe = new Pipe(clock, rate, (bytes) => page.receive(bytes));
  const toWorker: Pipe = new Pipe(clock, rate, (bytes) => worker.receive(bytes));
  const end = (pipe: Pipe, delivery: (delivery: AssetDelivery) => void) =>
    new AssetExchange({
      clock,
      waiting: () => pipe.waiting,
      send: (bytes) => pipe.send(bytes),
      sha256,
      delivery,
    });
  const worker = end(toPage, () => {});
  const page = end(toWorker, (delivery) => void deliveries.push(delivery));
  return { clock, worker, page, toPage, toWorker, deliveries };
}

/** Bytes that differ from each other, of one seed. */
export function content(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, n) => (n * 31 + n * n * seed) & 255);
}

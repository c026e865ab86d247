/**
 * Answers the requests of the other end for assets. Chunks leave one by one, only while little waits in the channel and
 * within a rate, so that pictures and pads on the same link are not disturbed.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { createBucket } from "../connection/bucket.ts";
import { type Asset, type AssetId, MAX_ASSET, MAX_CHUNK, MAX_RANGE } from "./asset.ts";
import type { AssetMessage, AssetRange } from "./wire.ts";

/** Chunks that leave in a second, and at once: 250 KiB/s. */
export const CHUNK_RATE = { perSecond: 250, burst: 4 } as const;
/** Bytes that may wait in the channel before the next chunk. */
export const LOW_WATER = 4_096;
/** Requests of the other end in a second, and at once. */
const REQUEST_RATE = { perSecond: 40, burst: 40 } as const;
/** Time between two looks at the channel, in milliseconds. */
const PAUSE = 8;
/** Parts that may wait to be sent; further requests fail. */
export const MOST_RANGES = 4;
/** Most bytes that one end holds for the other; beyond that the oldest assets are dropped. */
export const MOST_HELD = MAX_ASSET;
/** How long an asset is held after the last request for it, in milliseconds. */
export const HOLD_LIMIT = 60_000;

/** The channel `assets` of one connection. */
export interface AssetChannel {
  /** Bytes that wait in the channel. */
  waiting(): number;
  /** False: the channel is full or not open, and the message is dropped. */
  send(message: AssetMessage): boolean;
}

interface Held {
  readonly asset: Asset;
  limit: Disposable;
}

/** The assets that one end has for the other. Disposing drops them and what waits. */
export class Serving implements Disposable {
  readonly #clock: Clock;
  readonly #channel: AssetChannel;
  /** The oldest first. */
  readonly #assets = new Map<AssetId, Held>();
  readonly #ranges: AssetRange[] = [];
  readonly #chunks;
  readonly #requests;
  /** Bytes of the first range that were sent. */
  #sent = 0;
  #next: Disposable | undefined;

  constructor(clock: Clock, channel: AssetChannel) {
    this.#clock = clock;
    this.#channel = channel;
    this.#chunks = createBucket(clock, CHUNK_RATE);
    this.#requests = createBucket(clock, REQUEST_RATE);
  }

  /** Bytes of the assets that are held. */
  get held(): number {
    return [...this.#assets.values()].reduce((sum, { asset }) => sum + asset.bytes.length, 0);
  }

  /** Holds an asset for the other end. */
  hold(id: AssetId, asset: Asset): void {
    this.#drop(id);
    this.#assets.set(id, { asset, limit: this.#limit(id) });
    for (const oldest of this.#assets.keys()) {
      if (this.held <= MOST_HELD) break;
      this.#drop(oldest);
    }
  }

  /** Answers a request. */
  receive(request: Extract<AssetMessage, { type: "head" | "range" }>): void {
    const { id } = request;
    if (!this.#requests.take()) return this.#fail(id, "busy");
    const held = this.#assets.get(request.asset);
    if (!held) return this.#fail(id, "unknown");
    held.limit[Symbol.dispose]();
    held.limit = this.#limit(request.asset);
    const { asset } = held;
    const size = asset.bytes.length;
    if (request.type === "head") {
      return void this.#channel.send({ type: "facts", id, size, mediaType: asset.type });
    }
    const { offset, length } = request;
    if (length < 1 || length > MAX_RANGE || offset + length > size) return this.#fail(id, "range");
    if (this.#ranges.length >= MOST_RANGES) return this.#fail(id, "busy");
    this.#ranges.push(request);
    this.#pump();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
    this.#ranges.length = 0;
    for (const id of [...this.#assets.keys()]) this.#drop(id);
  }

  #limit(id: AssetId): Disposable {
    return this.#clock.after(HOLD_LIMIT, () => this.#drop(id));
  }

  #drop(id: AssetId): void {
    this.#assets.get(id)?.limit[Symbol.dispose]();
    this.#assets.delete(id);
  }

  #fail(id: number, code: Extract<AssetMessage, { type: "failure" }>["code"]): void {
    this.#channel.send({ type: "failure", id, code });
  }

  #pump(): void {
    while (this.#ranges.length > 0 && this.#channel.waiting() < LOW_WATER) {
      if (!this.#chunks.take() || !this.#sendChunk(this.#ranges[0]!)) break;
    }
    if (this.#ranges.length === 0) return;
    this.#next ??= this.#clock.after(PAUSE, () => {
      this.#next = undefined;
      this.#pump();
    });
  }

  /** Sends the next chunk of a range; false: the channel does not take it. */
  #sendChunk({ id, asset, offset, length }: AssetRange): boolean {
    const bytes = this.#assets.get(asset)?.asset.bytes;
    if (!bytes) {
      this.#fail(id, "unknown");
      this.#done();
      return true;
    }
    const from = offset + this.#sent;
    const chunk = bytes.subarray(from, Math.min(offset + length, from + MAX_CHUNK));
    if (!this.#channel.send({ type: "chunk", id, offset: from, bytes: chunk })) return false;
    this.#sent += chunk.length;
    if (this.#sent === length) this.#done();
    return true;
  }

  #done(): void {
    this.#ranges.shift();
    this.#sent = 0;
  }
}

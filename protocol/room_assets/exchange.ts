/**
 * One end of the channel `assets`: holds assets for the other end, and fetches those of the other end. Both ends are alike.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { type Asset, type AssetFailure, type AssetId, assetIdOf } from "./asset.ts";
import { beginFetch, type FetchState, type FetchStep, stepFetch, type Wanted } from "./fetching.ts";
import { Serving } from "./serving.ts";
import {
  type AssetDelivery,
  type AssetMessage,
  decodeAssetMessage,
  encodeAssetMessage,
} from "./wire.ts";

/** A fetch to which nothing comes for this long has failed, in milliseconds. */
export const FETCH_LIMIT = 10_000;
/** Fetches at once; a further one fails. */
export const MOST_FETCHES = 2;

/** The dependencies of one end. */
export interface ExchangePorts {
  readonly clock: Clock;
  /** Bytes that wait in the channel. */
  waiting(): number;
  /** False: the channel is full or not open, and the bytes are dropped. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean;
  /** The SHA-256 of bytes. */
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** The other end has an asset that this one is to fetch. */
  delivery(delivery: AssetDelivery): void;
}

/** An asset, or why it did not come. */
export type Fetched = Asset | { readonly failure: AssetFailure };

interface Fetch {
  state: FetchState;
  limit?: Disposable;
  /** Of the whole fetch. */
  whole?: Disposable;
  readonly settle: (fetched: Fetched) => void;
}

/** One end of the channel. Disposing fails every fetch and drops what is held. */
export class AssetExchange implements Disposable {
  readonly #ports: ExchangePorts;
  readonly #serving: Serving;
  readonly #fetches = new Set<Fetch>();
  #count = 0;
  #isOver = false;

  constructor(ports: ExchangePorts) {
    this.#ports = ports;
    this.#serving = new Serving(ports.clock, {
      waiting: () => ports.waiting(),
      send: (message) => this.#send(message),
    });
  }

  /** Holds an asset, so that the other end can fetch it. Resolves to its name. */
  async hold(asset: Asset): Promise<AssetId> {
    const id = assetIdOf(await this.#ports.sha256(asset.bytes));
    if (!this.#isOver) this.#serving.hold(id, asset);
    return id;
  }

  /** Holds an asset and lets the other end fetch it unasked. */
  async deliver(asset: Asset): Promise<AssetId> {
    const id = await this.hold(asset);
    this.#send({ type: "delivery", asset: id, size: asset.bytes.length, mediaType: asset.type });
    return id;
  }

  /** Fetches an asset of the other end. Never rejects. */
  async fetch(wanted: Wanted): Promise<Fetched> {
    if (this.#isOver) return { failure: "lost" };
    if (this.#fetches.size >= MOST_FETCHES) return { failure: "busy" };
    const fetched = await this.#read(wanted);
    if ("failure" in fetched) return fetched;
    const id = assetIdOf(await this.#ports.sha256(fetched.bytes));
    return id === wanted.asset ? fetched : { failure: "hash" };
  }

  /** Takes a message of the other end; what is none is dropped. */
  receive(bytes: Uint8Array): void {
    const message = this.#isOver ? undefined : decodeAssetMessage(bytes);
    switch (message?.type) {
      case "head":
      case "range":
        return this.#serving.receive(message);
      case "facts":
      case "chunk":
      case "failure":
        return this.#answered(message);
      case "delivery":
        return this.#ports.delivery(message);
      case undefined:
        return;
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const fetch of [...this.#fetches]) this.#lose(fetch);
    this.#serving[Symbol.dispose]();
  }

  #read(wanted: Wanted): Promise<Fetched> {
    const { promise, resolve } = Promise.withResolvers<Fetched>();
    const first = beginFetch(wanted, this.#newId());
    const fetch: Fetch = { state: first.state, settle: resolve };
    this.#fetches.add(fetch);
    if (wanted.within !== undefined) {
      fetch.whole = this.#ports.clock.after(wanted.within, () => this.#lose(fetch));
    }
    this.#take(fetch, first);
    return promise;
  }

  #answered(message: Extract<AssetMessage, { type: "facts" | "chunk" | "failure" }>): void {
    const fetch = [...this.#fetches].find(({ state }) => "id" in state && state.id === message.id);
    if (fetch) this.#take(fetch, stepFetch(fetch.state, message, this.#newId()));
  }

  #take(fetch: Fetch, { state, ask }: FetchStep): void {
    fetch.state = state;
    fetch.limit?.[Symbol.dispose]();
    if (state.state === "failed") return this.#end(fetch, { failure: state.code });
    if (state.state === "whole") {
      return this.#end(fetch, { bytes: state.bytes, type: state.mediaType });
    }
    fetch.limit = this.#ports.clock.after(FETCH_LIMIT, () => this.#lose(fetch));
    if (ask && !this.#send(ask)) this.#lose(fetch);
  }

  #lose(fetch: Fetch): void {
    this.#end(fetch, { failure: "lost" });
  }

  #end(fetch: Fetch, fetched: Fetched): void {
    fetch.limit?.[Symbol.dispose]();
    fetch.whole?.[Symbol.dispose]();
    this.#fetches.delete(fetch);
    fetch.settle(fetched);
  }

  #newId(): number {
    return this.#count = (this.#count + 1) >>> 0;
  }

  #send(message: AssetMessage): boolean {
    return this.#ports.send(encodeAssetMessage(message));
  }
}

/**
 * The part of a media connection that is about assets: what the room delivers to this page, and what the page has for it.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { type Asset, MAX_ASSET } from "../../../protocol/room_assets/asset.ts";
import { AssetExchange, type Fetched } from "../../../protocol/room_assets/exchange.ts";
import type { AssetDelivery } from "../../../protocol/room_assets/wire.ts";

/** How long a delivery may take to be announced, in milliseconds. */
const DELIVERY_LIMIT = 10_000;

interface AssetLaneOptions {
  readonly clock: Clock;
  /** Bytes that wait in the channel `assets`. */
  readonly waiting: () => number;
  /** Sends on the channel `assets`; false when it is full or not open. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** One page's end of the channel `assets`. Disposing it fails what is fetched. */
export class AssetLane implements Disposable {
  readonly #clock: Clock;
  readonly #exchange: AssetExchange;
  readonly #awaited = new Set<(delivery: AssetDelivery) => boolean>();

  constructor({ clock, waiting, send }: AssetLaneOptions) {
    this.#clock = clock;
    this.#exchange = new AssetExchange({
      clock,
      waiting,
      send,
      sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
      delivery: (delivery) => {
        for (const take of [...this.#awaited]) if (take(delivery)) return;
      },
    });
  }

  /** Takes a message of the channel `assets`. */
  receive(bytes: Uint8Array): void {
    this.#exchange.receive(bytes);
  }

  /**
   * The next asset of this type that the room delivers. Never rejects; one that nobody waits for is not fetched, and
   * none is waited for after `signal`.
   */
  async delivered(mediaType: string, signal: AbortSignal): Promise<Fetched> {
    const { promise, resolve } = Promise.withResolvers<AssetDelivery | undefined>();
    const take = (delivery: AssetDelivery) => {
      if (delivery.mediaType !== mediaType) return false;
      resolve(delivery);
      return true;
    };
    this.#awaited.add(take);
    const limit = this.#clock.after(DELIVERY_LIMIT, () => resolve(undefined));
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    const delivery = await promise;
    limit[Symbol.dispose]();
    this.#awaited.delete(take);
    if (!delivery) return { failure: "lost" };
    const { asset, size } = delivery;
    return await this.#exchange.fetch({ asset, size, most: MAX_ASSET });
  }

  /** Holds an asset that the room is to fetch, and resolves to its name. */
  hold(asset: Asset): Promise<string> {
    return this.#exchange.hold(asset);
  }

  [Symbol.dispose](): void {
    this.#exchange[Symbol.dispose]();
  }
}

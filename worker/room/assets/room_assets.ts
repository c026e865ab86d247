/**
 * The assets of a room: one end of the channel `assets` for each session that uses it.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Asset } from "../../../protocol/room_assets/asset.ts";
import { AssetExchange } from "../../../protocol/room_assets/exchange.ts";
import { sha256 } from "../../saves/sha256.ts";

/** The dependencies of a room's assets. */
export interface AssetPorts {
  readonly clock: Clock;
  /** Bytes that wait in the channel `assets` of a session's viewer. */
  waiting(session: SessionId): number;
  /** Sends bytes on that channel; false: it is full or not open. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** Sends assets to people, and fetches theirs. Disposing ends both. */
export class RoomAssets implements Disposable {
  readonly #ports: AssetPorts;
  readonly #exchanges = new Map<SessionId, AssetExchange>();

  constructor(ports: AssetPorts) {
    this.#ports = ports;
  }

  /** Takes a message of a session. */
  receive(session: SessionId, bytes: Uint8Array): void {
    this.#exchangeOf(session).receive(bytes);
  }

  /** Lets the page of a session fetch an asset unasked. */
  async deliver(session: SessionId, asset: Asset): Promise<void> {
    await this.#exchangeOf(session).deliver(asset);
  }

  /** Fetches an asset of a session's page. */
  fetch(session: SessionId, ...[wanted]: Parameters<AssetExchange["fetch"]>) {
    return this.#exchangeOf(session).fetch(wanted);
  }

  /** The media connection of a session ended. */
  leave(session: SessionId): void {
    this.#exchanges.get(session)?.[Symbol.dispose]();
    this.#exchanges.delete(session);
  }

  [Symbol.dispose](): void {
    for (const session of [...this.#exchanges.keys()]) this.leave(session);
  }

  #exchangeOf(session: SessionId): AssetExchange {
    const known = this.#exchanges.get(session);
    if (known) return known;
    const exchange = new AssetExchange({
      clock: this.#ports.clock,
      waiting: () => this.#ports.waiting(session),
      send: (bytes) => this.#ports.send(session, bytes),
      sha256,
      // Nobody sends a worker what it did not ask for.
      delivery: () => {},
    });
    this.#exchanges.set(session, exchange);
    return exchange;
  }
}

/**
 * How often each room went on at another worker, or at its own that was started anew. A room whose state or game ends
 * each worker that takes it would go from one to the next without end.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { RoomId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";

/** A room that went on so often within {@linkcode MOVES_WITHIN} is given up. */
export const MOST_MOVES = 5;
/** In milliseconds: ten minutes. */
export const MOVES_WITHIN = 600_000;

/** The newest moves of each room; those that are long ago are forgotten. */
export class RoomMoves {
  readonly #log: Pick<Log, "warn">;
  readonly #times = new Map<RoomId, readonly Millis[]>();
  /** Those of which the log says that they are given up. */
  readonly #givenUp = new Set<RoomId>();

  constructor(log: Pick<Log, "warn">) {
    this.#log = log;
  }

  /** Whether a room that is lost goes on no more. The log says so once. */
  isSpent(room: RoomId, now: Millis): boolean {
    const moves = this.#newest(room, now).length;
    if (moves < MOST_MOVES) return false;
    if (!this.#givenUp.has(room)) {
      this.#givenUp.add(room);
      this.#log.warn("room given up: it was lost wherever it went on", { room_id: room, moves });
    }
    return true;
  }

  /** Notes that a room goes on. False: it is spent. */
  note(room: RoomId, now: Millis): boolean {
    if (this.isSpent(room, now)) return false;
    for (const each of this.#times.keys()) {
      if (this.#newest(each, now).length > 0) continue;
      this.#times.delete(each);
      this.#givenUp.delete(each);
    }
    this.#times.set(room, [...this.#newest(room, now), now]);
    return true;
  }

  #newest(room: RoomId, now: Millis): readonly Millis[] {
    return (this.#times.get(room) ?? []).filter((at) => now - at < MOVES_WITHIN);
  }
}

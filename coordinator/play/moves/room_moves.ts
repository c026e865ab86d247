/**
 * How often each room went on at another worker, or at its own that was started anew. A room whose state or game ends
 * each worker that takes it would go from one to the next without end.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { RoomId } from "../../../protocol/ids.ts";

/** A room that went on so often within {@linkcode MOVES_WITHIN} is given up. */
export const MOST_MOVES = 5;
/** In milliseconds: ten minutes. */
export const MOVES_WITHIN = 600_000;

/** The newest moves of each room; those that are long ago are forgotten. */
export class RoomMoves {
  readonly #times = new Map<RoomId, readonly Millis[]>();

  /** Whether a room goes on no more. */
  isSpent(room: RoomId, now: Millis): boolean {
    return this.#newest(room, now).length >= MOST_MOVES;
  }

  /** Notes that a room goes on. False: it is spent. */
  note(room: RoomId, now: Millis): boolean {
    if (this.isSpent(room, now)) return false;
    for (const each of this.#times.keys()) {
      if (this.#newest(each, now).length === 0) this.#times.delete(each);
    }
    this.#times.set(room, [...this.#newest(room, now), now]);
    return true;
  }

  #newest(room: RoomId, now: Millis): readonly Millis[] {
    return (this.#times.get(room) ?? []).filter((at) => now - at < MOVES_WITHIN);
  }
}

/**
 * The newest states of a source in the order of its frames. The newest is whole, each older one is what differs from
 * the next; the oldest is dropped when there are too many or they take too many bytes. Pure.
 *
 * @module
 */
import { applyDelta, type Delta, deltaOf, sizeOf } from "./delta.ts";

/** A state, and the frame after which it was taken. */
export interface FramedState {
  readonly frame: number;
  readonly state: Uint8Array<ArrayBuffer>;
}

/** What a ring holds at most. */
export interface RingBounds {
  readonly states: number;
  /** Of all states, as they are kept. */
  readonly bytes: number;
}

/** States to go back to. */
export class StateRing {
  readonly #bounds: RingBounds;
  #newest: FramedState | undefined;
  /** The oldest first. */
  #older: { readonly frame: number; readonly delta: Delta }[] = [];
  #bytes = 0;

  constructor(bounds: RingBounds) {
    this.#bounds = bounds;
  }

  /** Bytes that the states take. */
  get bytes(): number {
    return this.#bytes + (this.#newest?.state.length ?? 0);
  }

  /** The frame of the oldest state; `undefined`: there is none. */
  get oldest(): number | undefined {
    return this.#older[0]?.frame ?? this.#newest?.frame;
  }

  /** Adds a state of a frame after all others. */
  push({ frame, state }: FramedState): void {
    if (this.#newest) {
      const delta = deltaOf(state, this.#newest.state);
      this.#older.push({ frame: this.#newest.frame, delta });
      this.#bytes += sizeOf(delta);
    }
    this.#newest = { frame, state };
    const { states, bytes } = this.#bounds;
    while (this.#older.length > 0 && (this.#older.length >= states || this.bytes > bytes)) {
      this.#bytes -= sizeOf(this.#older.shift()!.delta);
    }
  }

  /** The newest state of a frame up to `frame`, or else the oldest of all; `undefined`: there is none. */
  find(frame: number): FramedState | undefined {
    let found = this.#newest;
    for (let n = this.#older.length - 1; found && found.frame > frame && n >= 0; n--) {
      const { frame: earlier, delta } = this.#older[n]!;
      found = { frame: earlier, state: applyDelta(found.state, delta) };
    }
    return found;
  }

  /** As {@linkcode StateRing.find}; states after the found one are dropped. */
  back(frame: number): FramedState | undefined {
    while (this.#newest && this.#newest.frame > frame) {
      const next = this.#older.pop();
      if (!next) break;
      this.#bytes -= sizeOf(next.delta);
      this.#newest = { frame: next.frame, state: applyDelta(this.#newest.state, next.delta) };
    }
    return this.#newest;
  }

  /** Drops all states. */
  clear(): void {
    this.#newest = undefined;
    this.#older = [];
    this.#bytes = 0;
  }
}

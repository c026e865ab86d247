/**
 * The gamepads that still hold what they pressed in the page: that is no press in the game, so each rests there until it is
 * let go. Those that held nothing play at once. Pure.
 *
 * @module
 */
import { AT_REST, type PadLevel } from "../input/pad.ts";

/** What a gamepad of this number holds. */
interface Held {
  readonly index: number;
  readonly level: PadLevel;
}

/** The gamepads that rest. */
export class RestingPads {
  readonly #resting = new Set<number>();

  /** Takes all gamepads of a moment; `isInPage`: what they press moves the focus of the page. */
  read(pads: readonly Held[], { isInPage }: { readonly isInPage: boolean }): void {
    const held = new Set(pads.filter(({ level }) => level.buttons !== 0).map(({ index }) => index));
    for (const index of [...this.#resting]) if (!held.has(index)) this.#resting.delete(index);
    if (isInPage) { for (const index of held) this.#resting.add(index); }
  }

  /** The same gamepads as the game gets them. */
  inGame<P extends Held>(pads: readonly P[]): P[] {
    return pads.map((pad) => this.#resting.has(pad.index) ? { ...pad, level: AT_REST } : pad);
  }
}

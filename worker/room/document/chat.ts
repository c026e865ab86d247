/**
 * The newest lines of a room's chat.
 *
 * @module
 */
import type { EpochMillis } from "../../../protocol/clock.ts";
import { CHAT_LINES, type ChatLine } from "../../../protocol/room_state/components.ts";
import type { PersonInRoom } from "./people.ts";

/** Keeps {@linkcode CHAT_LINES} lines; the oldest is dropped for a new one. */
export class Chat {
  #lines: readonly (ChatLine & { readonly id: string })[] = [];
  #count = 0;

  /** The lines, the oldest first. */
  get lines(): readonly (ChatLine & { readonly id: string })[] {
    return this.#lines;
  }

  /** Adds what a person wrote. */
  say({ id: from, name }: PersonInRoom, text: string, at: EpochMillis): void {
    const line = { id: `c${++this.#count}`, from, ...(name && { name }), text, at };
    this.#lines = [...this.#lines, line].slice(-CHAT_LINES);
  }
}

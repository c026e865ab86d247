/**
 * What the people in a room decide and write.
 *
 * @module
 */
import { DEFAULT_OPTIONS, type RoomOptions } from "../../../protocol/room_state/components.ts";
import { Chat } from "./chat.ts";

/** The decisions of a room's hosts, and its chat. */
export class SharedState {
  options: RoomOptions = DEFAULT_OPTIONS;
  /** Seats that only a host gives to somebody. */
  readonly locked = new Set<number>();
  readonly chat = new Chat();
}

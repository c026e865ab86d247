/**
 * The part of a media connection that is about the room: the newest document of it.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type LiveRoom, readRoom } from "../../../protocol/room_state/components.ts";
import {
  acknowledged,
  type DocumentState,
  EMPTY,
  entitiesOf,
  receiveState,
} from "../../../protocol/room_state/page_sync.ts";
import type { Revision } from "../../../protocol/room_state/revision.ts";
import { decodeState } from "../../../protocol/room_state/wire.ts";

/** The document of a room. */
export class RoomLane {
  readonly #room = signal<LiveRoom | undefined>(undefined);
  #document: DocumentState = EMPTY;

  /** The room as its document says; `undefined` before the first. A document that was lost goes on to be shown. */
  get room(): ReadonlySignal<LiveRoom | undefined> {
    return this.#room;
  }

  /** The document to acknowledge. */
  get acknowledged(): Revision {
    return acknowledged(this.#document);
  }

  /** Takes a message of the channel `state`; false when it is none of a room. */
  receive(bytes: Uint8Array): boolean {
    const message = decodeState(bytes);
    if (!message) return false;
    const before = this.#document;
    this.#document = receiveState(before, message);
    const entities = this.#document === before ? undefined : entitiesOf(this.#document);
    if (entities) this.#room.value = readRoom(entities);
    return true;
  }
}

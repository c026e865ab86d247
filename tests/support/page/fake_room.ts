/**
 * Runs inside the player's page: the worker's end of a room's document and commands. It sends the document that the test
 * ordered, and grants or refuses what the page asks.
 *
 * @module
 */
import { decodeFromPage, encodeToPage } from "../../../protocol/room_commands/wire.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import { decodeIntent, encodeState } from "../../../protocol/room_state/wire.ts";

/** A document, and who this page's person is in it. `refuses`: the code of every refusal; absent: all is granted. */
export interface RoomOrder {
  readonly you: string;
  readonly entities: Entities;
  readonly refuses?: "chat.rate" | "seat.locked";
}

/** A room on these channels; it has no document before the first order. */
export function startRoom(state: RTCDataChannel, commands: RTCDataChannel) {
  let room: RoomOrder | undefined;
  let revision = 0;
  /** The announcement that came before the first order. */
  let early: number | undefined;
  const show = () => {
    if (!room || state.readyState !== "open") return;
    state.send(encodeState({ type: "set", revision, entities: room.entities }));
  };
  state.addEventListener("message", ({ data }) => {
    const intent = decodeIntent(new Uint8Array(data));
    if (intent && intent.acknowledged !== revision) show();
  });
  commands.addEventListener("message", ({ data }) => {
    const request = decodeFromPage(new Uint8Array(data));
    if (request?.type !== "request") return;
    const { id, verb } = request;
    if (!room) return void (early = id);
    const isRefused = room.refuses !== undefined && verb !== "announce" &&
      !verb.startsWith("topic.");
    commands.send(encodeToPage(
      isRefused
        ? { type: "refusal", id, error: { code: room.refuses!, message: "Refused" } }
        : { type: "answer", id, answer: verb === "announce" ? { you: room.you } : {} },
    ));
  });
  return {
    order(next: RoomOrder): void {
      room = next;
      revision += 1;
      if (early !== undefined) {
        commands.send(encodeToPage({ type: "answer", id: early, answer: { you: next.you } }));
      }
      early = undefined;
      show();
    },
  };
}

/**
 * The sentences of refusals that follow from the table of rights.
 *
 * @module
 */
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { RefusalCode, RefusalDetail } from "../../../protocol/legs/refusals.ts";

const SENTENCES: Partial<Record<RefusalCode, string>> = {
  "announce.needed": "Announce yourself first",
  "announce.version": "This worker has other verbs: load the page again",
  "role.watcher": "Cannot do this: this session may only watch",
  "role.host": "Only a host of the room can do this, and not to another host",
  "seat.needed": "Only a player can do this: take a seat first",
  "seat.none": "Cannot take a seat: none is open",
  "seat.locked": "Cannot take the seat: it is locked, and a host gives it",
  "chat.closed": "Cannot write or talk: watchers only watch and listen in this room",
  "chat.rate": "Cannot write so fast: one line each two seconds, after five at once",
  "seat.wait": "Cannot ask for a seat again so soon after a refusal",
  "app.live": "Nobody can do this with a live picture",
  "option.unknown": "The core of this game has no such option",
  "option.value": "The option has no such choice",
  "person.unknown": "Nobody of this id is in the room",
  "topic.forbidden": "People publish on topics that begin with “people.” alone",
  "track.unknown": "There is no such track",
  "track.forbidden": "This track is somebody else’s, or none",
  "session.unknown": "This session is not in the room",
  "message.unknown": "There is no such verb",
  "message.invalid": "The verb does not have this body",
  "rate": "Too many requests a second",
  "busy": "Too many requests wait for their answer",
  "too_many": "Too many subscriptions: end one first",
  "message.too_large": "The request is longer than 4,096 bytes",
  "too_large": "The publication is longer than 1,024 bytes",
};

/** A refusal by its code. */
export function refuseBy(code: RefusalCode, detail?: RefusalDetail): RefusalPayload {
  return refuse(code, SENTENCES[code] ?? `Cannot do this (${code})`, detail);
}

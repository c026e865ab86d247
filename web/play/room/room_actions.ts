/**
 * What a person does in a room beside playing: says its name, writes, and decides about seats and people. Each asks the
 * room itself; the answer is a sentence of refusal or nothing.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { isRefusal } from "../../../protocol/envelope.ts";
import { type BodyOf, ROOM_PROTOCOL, type Verb } from "../../../protocol/room_commands/verbs.ts";
import { MAX_CHAT } from "../../../protocol/room_state/components.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import { refusalToast } from "../words/refusals.ts";
import { cleanText, type Identities, type KeptIdentity } from "./identity.ts";

/** Asks the room for things. Each resolves to why it was refused, or to `undefined`; none rejects. */
export interface RoomActions {
  /** Keeps a name and colour in this browser, and tells the room. */
  introduce(identity: KeptIdentity): Promise<string | undefined>;
  /** Writes a line in the chat; one without text is none. */
  say(text: string): Promise<string | undefined>;
  ask<V extends Verb>(verb: V, body: BodyOf<V>): Promise<string | undefined>;
}

/** Creates the actions; `media` is the connection to the room. */
export function createRoomActions(
  { media, identity }: {
    readonly media: ReadonlySignal<Pick<MediaConnection, "room"> | undefined>;
    readonly identity: Identities;
  },
): RoomActions {
  async function ask<V extends Verb>(verb: V, body: BodyOf<V>): Promise<string | undefined> {
    const room = media.peek()?.room;
    if (!room?.joined.peek()) return "The room cannot be reached at the moment.";
    const answer = await room.ask(verb, body);
    return isRefusal(answer) ? refusalToast(answer.error) : undefined;
  }
  return {
    ask,
    introduce(next) {
      identity.keep(next);
      // A room that this page enters later hears of it then.
      if (!media.peek()?.room.joined.peek()) return Promise.resolve(undefined);
      return ask("announce", { ...next, protocol: ROOM_PROTOCOL });
    },
    say(text) {
      const line = cleanText(text, MAX_CHAT);
      return line === "" ? Promise.resolve(undefined) : ask("chat.say", { text: line });
    },
  };
}

/**
 * The verbs of a room: what a person in it may ask its worker on the channel `commands`, and what is answered.
 *
 * @module
 */
import * as z from "zod/mini";
import { RecordingId, Seat } from "../ids.ts";
import { MAX_SAVE_PICTURE, SaveEntry, SaveId, SaveName, SAVES_A_PAGE } from "../saves/save.ts";
import { ChatText, Colour, PersonName, RoomOptions } from "../room_state/components.ts";
import { EntityId } from "../room_state/document.ts";
import { AssetId, AssetSize } from "../room_assets/asset.ts";
import { TrackId, TrackKind } from "../room_media/tracks.ts";
import { CoreOption, OptionKey, OptionValue } from "./core_options.ts";
import { Pattern, Topic } from "./topics.ts";

/** The version of these verbs. An announcement of another one is refused. */
export const ROOM_PROTOCOL = 2;

/** How far one can go back, in seconds of play. */
export const REWIND_REACH = 30;

const Empty = z.object({});

/** Every verb with the schemas of its body and of its answer. */
export const VERBS = {
  /** Comes before every other verb. The answer names the person that the session is in the document. */
  "announce": {
    body: z.object({
      protocol: z.int(),
      name: z.optional(PersonName),
      colour: z.optional(Colour),
    }),
    answer: z.object({ you: EntityId }),
  },
  "seat.take": { body: z.object({ seat: Seat }), answer: z.object({ seat: Seat }) },
  /** Takes a further seat for another pad of the same person: this one, or the first that is free. */
  "seat.add": {
    body: z.object({ seat: z.optional(Seat) }),
    answer: z.object({ seat: Seat }),
  },
  /** Gives up this seat, or all that the person holds. */
  "seat.leave": { body: z.object({ seat: z.optional(Seat) }), answer: Empty },
  /** Gives a seat to another person. */
  "seat.give": { body: z.object({ seat: Seat, to: EntityId }), answer: Empty },
  /** Only a host gives a locked seat to somebody. */
  "seat.lock": { body: z.object({ seat: Seat, locked: z.boolean() }), answer: Empty },
  /** Takes an open seat, or asks its holder for it; `null`: asks no longer. `seat`: the seat that was taken. */
  "seat.request": {
    body: z.object({ seat: z.nullable(Seat) }),
    answer: z.object({ seat: z.nullable(Seat) }),
  },
  /** Refuses the wish of a person for a seat: of its holder, or of a host. */
  "seat.refuse": { body: z.object({ seat: Seat, person: EntityId }), answer: Empty },
  /** Without a name it is one of the few newest that are kept. */
  "app.save": {
    body: z.object({ name: z.optional(SaveName) }),
    /** `saved_at` in milliseconds since 1970. */
    answer: z.object({ saved_at: z.number(), bytes: z.int(), id: z.optional(SaveId) }),
  },
  /** Without an id the newest save. */
  "app.load": { body: z.object({ id: z.optional(SaveId) }), answer: Empty },
  /** The saves of the running app that the person may load, the newest first; `after`: those after this one. */
  "save.list": {
    body: z.object({ after: z.optional(SaveId) }),
    answer: z.object({
      saves: z.array(SaveEntry).check(z.maxLength(SAVES_A_PAGE)),
      more: z.boolean(),
    }),
  },
  /** The picture of a save, as PNG. */
  "save.picture": {
    body: z.object({ id: SaveId }),
    answer: z.object({
      picture: z.instanceof(Uint8Array).check(
        z.refine((bytes) => (bytes as Uint8Array).length <= MAX_SAVE_PICTURE),
      ),
    }),
  },
  "save.rename": { body: z.object({ id: SaveId, name: SaveName }), answer: Empty },
  /** Delivers a save as a file on the channel `assets`. */
  "save.download": { body: z.object({ id: SaveId }), answer: Empty },
  /** Fetches a file of the page and keeps it as a save. */
  "save.upload": {
    body: z.object({ asset: AssetId, size: AssetSize }),
    answer: z.object({ id: SaveId, bytes: z.int() }),
  },
  "save.remove": { body: z.object({ id: SaveId }), answer: Empty },
  "app.reset": { body: Empty, answer: Empty },
  /** Goes back by at least so many seconds of play, for everybody. The answer: how far it went. */
  "app.rewind": {
    body: z.object({ seconds: z.int().check(z.gte(1), z.lte(REWIND_REACH)) }),
    answer: z.object({ seconds: z.number() }),
  },
  /** Returns to where the app was before the last rewind. */
  "app.undo_rewind": { body: Empty, answer: z.object({ seconds: z.number() }) },
  /** The options of the running game's core; `after`: those after the one of this key. */
  "option.list": {
    body: z.object({ after: z.optional(OptionKey) }),
    answer: z.object({ options: z.array(CoreOption), more: z.boolean() }),
  },
  /** Chooses the value of an option for everybody, until the room ends. */
  "option.set": { body: z.object({ key: OptionKey, value: OptionValue }), answer: Empty },
  "app.pause": { body: z.object({ paused: z.boolean() }), answer: Empty },
  /** Records the room, or stops that: everybody in it sees it. */
  "record.set": {
    body: z.object({ active: z.boolean() }),
    answer: z.object({ active: z.boolean() }),
  },
  /** Keeps the last 30 s of the room as a clip. */
  "record.clip": { body: Empty, answer: z.object({ recording_id: RecordingId }) },
  /** Delivers the newest picture as a JPEG on the channel `assets`. */
  "room.screenshot": { body: Empty, answer: Empty },
  "room.options": { body: RoomOptions, answer: Empty },
  /** Ends the session of a person, who may not come back to this room. */
  "person.kick": { body: z.object({ person: EntityId }), answer: Empty },
  "chat.say": { body: z.object({ text: ChatText }), answer: Empty },
  "topic.subscribe": { body: z.object({ pattern: Pattern }), answer: Empty },
  "topic.unsubscribe": { body: z.object({ pattern: Pattern }), answer: Empty },
  /** Sends `body` to everybody who subscribed to a pattern of the topic. */
  "topic.publish": { body: z.object({ topic: Topic, body: z.unknown() }), answer: Empty },
  /** The person's track of this kind: the one that it has, or a new one. */
  "track.allocate": {
    body: z.object({ kind: TrackKind }),
    answer: z.object({ track: TrackId }),
  },
  "track.release": { body: z.object({ track: TrackId }), answer: Empty },
  /** Begins or ends to send this person the packets of a track. */
  "track.subscribe": { body: z.object({ track: TrackId }), answer: Empty },
  "track.unsubscribe": { body: z.object({ track: TrackId }), answer: Empty },
} as const;

/** The name of a verb. */
export type Verb = keyof typeof VERBS;
/** The body of a verb. */
export type BodyOf<V extends Verb> = z.infer<typeof VERBS[V]["body"]>;
/** The answer to a verb. */
export type AnswerOf<V extends Verb> = z.infer<typeof VERBS[V]["answer"]>;

/** All verbs. */
export const VERB_NAMES = Object.keys(VERBS) as readonly Verb[];

/** Whether a text names a verb. */
export function isVerb(name: string): name is Verb {
  return Object.hasOwn(VERBS, name);
}

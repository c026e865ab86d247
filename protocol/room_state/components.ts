/**
 * The components of a room's entities that this version knows, and a room as a page reads it from its document.
 *
 * Entities: `room` (app, core, options, rewind, clock, unsaved, memory), `seat0` … `seat4`, `p1`, `p2` … (people), `c1`, `c2` …
 * (lines of chat).
 *
 * @module
 */
import * as z from "zod/mini";
import { STORAGE_REASONS } from "../disk/storage_fault.ts";
import { AppId, Seat } from "../ids.ts";
import { Holder, RoomRole } from "../pass.ts";
import { plainText, writtenText } from "../plain_text.ts";
import { TrackId } from "../room_media/tracks.ts";
import { type Entities, EntityId } from "./document.ts";

/** Longest name of a person, in characters (code points). */
export const MAX_NAME = 40;
/** Longest line of chat, in characters (code points). */
export const MAX_CHAT = 300;
/** Lines of chat that a document holds; the oldest is removed for a new one. */
export const CHAT_LINES = 20;
/** Colours that a person may choose from; the page decides what they look like. */
export const COLOURS = 12;

/** The name that a person goes by in a room. */
export const PersonName = writtenText(MAX_NAME);
/** One of the {@linkcode COLOURS}. */
export const Colour = z.int().check(z.gte(0), z.lte(COLOURS - 1));
/** A line of chat. */
export const ChatText = writtenText(MAX_CHAT);

/** How well a viewer's link carries its pictures. */
export const Quality = z.enum(["good", "fair", "poor"]);
export type Quality = z.infer<typeof Quality>;

/** Component `person`: one viewer of the room. */
export const Person = z.object({
  /** Absent until the person has announced one. */
  name: z.optional(PersonName),
  colour: z.optional(Colour),
  role: RoomRole,
  /** The id of the share link by which the person came; absent: by none. */
  link: z.optional(Holder),
  /** Round trip to the worker in milliseconds, rounded; absent until it is measured. */
  ping: z.optional(z.int().check(z.gte(0))),
  quality: z.optional(Quality),
  /** False while the media connection is lost. */
  connected: z.boolean(),
});
export type Person = z.infer<typeof Person>;

/** Component `request`: a person asks for a seat. */
export const SeatRequest = z.object({ seat: Seat });

/** Component `voice`: the voice track of a person, and whether it is heard at this moment. */
export const Voice = z.object({ track: TrackId, talking: z.boolean() });
export type Voice = z.infer<typeof Voice>;

/** Component `seat`. */
export const SeatComponent = z.object({
  /** The person who holds it; absent while it is open. */
  holder: z.optional(EntityId),
  /** Only a host gives it to somebody. */
  locked: z.optional(z.literal(true)),
  /** A further seat of its holder, whose other pad it is for; absent: the first one. */
  further: z.optional(z.literal(true)),
});

/** What a host decides for everybody. */
export const RoomOptions = z.object({
  /** Whether watchers may write in the chat. */
  watchers_chat: z.boolean(),
});
export type RoomOptions = z.infer<typeof RoomOptions>;

/** The options of a new room. */
export const DEFAULT_OPTIONS: RoomOptions = { watchers_chat: true };

/** Component `app` of the entity `room`. */
export const AppComponent = z.object({
  app_id: AppId,
  title: plainText(120),
  paused: z.boolean(),
});

/** Component `rewind` of the entity `room`: whether one can go back, and return after that. Absent: not known yet. */
export const RewindComponent = z.object({
  /** Why one cannot go back: the game has no states, or too large ones. */
  off: z.optional(z.enum(["no_state", "too_large"])),
  undo: z.optional(z.literal(true)),
});
export type RewindComponent = z.infer<typeof RewindComponent>;

/** Component `core` of the entity `room`: how many options the core has; absent: none. */
export const CoreComponent = z.object({ options: z.int().check(z.gte(1)) });

/** Component `clock` of the entity `room`: its time is the worker's clock less this, in milliseconds since 1970. */
export const ClockComponent = z.object({ began: z.number() });

/** Component `unsaved` of the entity `room`: what the room writes by itself is not kept. */
export const Unsaved = z.object({
  /** When the first of the tries failed that have failed since, in milliseconds since 1970. */
  since: z.number(),
  /** `no_state`: the app gives no state, and has given one before. */
  why: z.enum([...STORAGE_REASONS, "no_state"]),
  /** `memory`: the state is kept, but not the memory of the cartridge. Absent: the state is not. */
  what: z.optional(z.literal("memory")),
});
export type Unsaved = z.infer<typeof Unsaved>;

/**
 * Why what a game's cartridge keeps may not be the newest: the store of saves could not be read before the game opened
 * (`unseen`), or a newer memory was found there since (`older`).
 */
export const MemoryTrouble = z.enum(["unseen", "older"]);
export type MemoryTrouble = z.infer<typeof MemoryTrouble>;

/** Component `memory` of the entity `room`: what its cartridge keeps may not be the newest. */
const MemoryComponent = z.object({ trouble: MemoryTrouble });

/** Component `chat`: one line. */
export const ChatLine = z.object({
  from: EntityId,
  /** The name at the time; the person may be gone. */
  name: z.optional(PersonName),
  text: ChatText,
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type ChatLine = z.infer<typeof ChatLine>;

/** A person as a page shows one. */
export interface PersonView extends Person {
  readonly id: EntityId;
  /** The seat that the person asks for. */
  readonly asks?: number;
  readonly voice?: Voice;
}

/** A seat as a page shows it. */
export interface LiveSeat {
  readonly seat: number;
  readonly holder?: EntityId | undefined;
  readonly locked: boolean;
  /** A further seat of its holder. */
  readonly further?: boolean;
}

/** A room as its document says. */
export interface LiveRoom {
  readonly app: z.infer<typeof AppComponent>;
  readonly options: RoomOptions;
  /** When its clock began, on the worker's clock; see {@linkcode ClockComponent}. */
  readonly began: number | undefined;
  readonly rewind: RewindComponent | undefined;
  /** How many options its core has; absent: none. */
  readonly coreOptions?: number | undefined;
  /** Since when its state is not kept, and why; `undefined` while it is. */
  readonly unsaved?: Unsaved | undefined;
  /** Why its cartridge's memory may not be the newest; `undefined`: it is, or is not shared. */
  readonly memory?: MemoryTrouble | undefined;
  readonly seats: readonly LiveSeat[];
  readonly people: readonly PersonView[];
  /** The oldest first. */
  readonly chat: readonly (ChatLine & { readonly id: string })[];
}

/** Reads a room from its document; `undefined` when no app runs there. What cannot be read is left out. */
export function readRoom(entities: Entities): LiveRoom | undefined {
  const app = AppComponent.safeParse(entities.room?.app).data;
  if (!app) return undefined;
  return {
    app,
    options: RoomOptions.safeParse(entities.room?.options).data ?? DEFAULT_OPTIONS,
    began: ClockComponent.safeParse(entities.room?.clock).data?.began,
    rewind: RewindComponent.safeParse(entities.room?.rewind).data,
    coreOptions: CoreComponent.safeParse(entities.room?.core).data?.options,
    unsaved: Unsaved.safeParse(entities.room?.unsaved).data,
    memory: MemoryComponent.safeParse(entities.room?.memory).data?.trouble,
    seats: read(entities, /^seat([0-4])$/, (number, { seat }) => {
      const found = SeatComponent.safeParse(seat).data;
      const { holder, locked = false, further } = found ?? {};
      return found && { seat: number, holder, locked, ...(further && { further }) };
    }),
    people: read(entities, /^p(\d+)$/, (number, { person, request, voice }) => {
      const found = Person.safeParse(person).data;
      const asking = SeatRequest.safeParse(request).data;
      const speaking = Voice.safeParse(voice).data;
      return found && {
        ...found,
        id: EntityId.parse(`p${number}`),
        ...(asking && { asks: asking.seat }),
        ...(speaking && { voice: speaking }),
      };
    }),
    chat: read(entities, /^c(\d+)$/, (number, { chat }) => {
      const found = ChatLine.safeParse(chat).data;
      return found && { ...found, id: `c${number}` };
    }),
  };
}

/** The entities of one kind by their numbers. */
function read<T>(
  entities: Entities,
  kind: RegExp,
  one: (number: number, components: Entities[string]) => T | undefined,
): readonly T[] {
  return Object.entries(entities)
    .flatMap(([id, components]) => {
      const number = kind.exec(id)?.[1];
      return number === undefined ? [] : [{ number: Number(number), components }];
    })
    .sort((a, b) => a.number - b.number)
    .flatMap(({ number, components }) => one(number, components) ?? []);
}

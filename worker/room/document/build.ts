/**
 * Makes the entities of a room's document from what is known in the room. Pure.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";
import type { App } from "../../../protocol/legs/room.ts";
import type {
  ChatLine,
  MemoryTrouble,
  Quality,
  RoomOptions,
  Unsaved,
  Voice,
} from "../../../protocol/room_state/components.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import type { Json, JsonObject } from "../../../protocol/room_state/merge_patch.ts";
import type { RewindStatus } from "../../playback/rewind/ports.ts";
import type { SeatKeeper } from "../seats/ports.ts";
import type { People, PersonInRoom } from "./people.ts";

/** What a document says of its room. */
export interface RoomFacts {
  readonly app: Pick<App, "app_id" | "title">;
  readonly paused: boolean;
  /** When the room's clock began, on the worker's clock, in milliseconds since 1970. */
  readonly began: number;
  /** Since when the room's state is not kept, and why; `undefined` while it is. */
  readonly unsaved?: Unsaved | undefined;
  /** Why its cartridge's memory may not be the newest. */
  readonly memory?: MemoryTrouble | undefined;
  readonly options: RoomOptions;
  /** Whether the app can go back; `undefined` until that is known. */
  readonly rewind?: RewindStatus | undefined;
  /** How many options its core has. */
  readonly coreOptions?: number | undefined;
  readonly players: Pick<SeatKeeper, "seats" | "isFurther">;
  /** Seats that only a host gives to somebody. */
  readonly locked: ReadonlySet<number>;
  readonly people: People;
  readonly chat: readonly (ChatLine & { readonly id: string })[];
  isConnected(session: SessionId): boolean;
  /** The voice track of a session, if it has one. */
  voiceOf(session: SessionId): Voice | undefined;
}

/**
 * The entities of a room's document. Of the people it has those who are connected or hold a seat: their number is
 * bounded by that of viewers, so the document is too.
 */
export function buildEntities(facts: RoomFacts): Entities {
  const { app: { app_id, title }, paused, began, options, players, locked, people } = facts;
  const { chat, unsaved, memory } = facts;
  const { seats } = players;
  return {
    room: {
      app: { app_id, title, paused },
      options: { ...options },
      ...(facts.rewind && { rewind: rewindOf(facts.rewind) }),
      clock: { began },
      ...(facts.coreOptions && { core: { options: facts.coreOptions } }),
      ...(unsaved && { unsaved: defined({ ...unsaved }) }),
      ...(memory && { memory: { trouble: memory } }),
    },
    ...Object.fromEntries(seats.map((session, seat) => {
      const holder = session && people.of(session)?.id;
      return [`seat${seat}`, {
        seat: {
          ...(holder && { holder }),
          ...(locked.has(seat) && { locked: true }),
          ...(holder && players.isFurther(seat) && { further: true }),
        },
      }];
    })),
    ...Object.fromEntries([...people.all].flatMap(([session, person]) => {
      const connected = facts.isConnected(session);
      if (!connected && !seats.includes(session)) return [];
      const voice = facts.voiceOf(session);
      return [[person.id, {
        ...personOf(person, connected),
        ...(voice && { voice: { ...voice } }),
      }]];
    })),
    ...Object.fromEntries(chat.map(({ id, ...line }) => [id, { chat: defined(line) }])),
  };
}

function rewindOf(status: RewindStatus): JsonObject {
  if (status.state === "off") return { off: status.why };
  return status.undo ? { undo: true } : {};
}

function personOf(
  { id: _, announced: __, asks, ...person }: PersonInRoom,
  connected: boolean,
) {
  return {
    person: defined({ ...person, connected }),
    ...(asks !== undefined && { request: { seat: asks } }),
  };
}

/** Without what is not known. */
function defined(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

/** How well a link carries a viewer's pictures. `loss`: the share of its packets that is lost. */
export function qualityOf(
  { loss, isNarrow, isPresent }: {
    readonly loss: number;
    readonly isNarrow: boolean;
    readonly isPresent: boolean;
  },
): Quality {
  if (!isPresent || loss >= 0.05) return "poor";
  return loss >= 0.01 || isNarrow ? "fair" : "good";
}

/** Least change of a round trip that is shown, in milliseconds, and as a share of it. */
const LEAST_CHANGE = 5;
const LEAST_SHARE = 0.25;

/** The round trip to show, whole: the one that is shown until the measured one differs from it for good. */
export function steadyPing(shown: number | undefined, measured: number): number {
  const least = Math.max(LEAST_CHANGE, (shown ?? 0) * LEAST_SHARE);
  if (shown !== undefined && Math.abs(measured - shown) <= least) return shown;
  return Math.round(measured);
}

/**
 * The apps of a library and the rooms that run, in the form that every leg carries.
 *
 * @module
 */
import * as z from "zod/mini";
import { ButtonMap } from "../control/button_map.ts";
import { AppId, MAX_SEATS, RoomId, Seat, SessionId, WorkerId, ZoneId } from "../ids.ts";
import { PictureUrl } from "../picture/small_picture.ts";
import { plainText } from "../plain_text.ts";
import { RecordingEnd } from "../recording/recording.ts";

const Title = plainText(120).check(z.minLength(1));

/** An app of the library. */
export const App = z.object({
  app_id: AppId,
  /** Ids that earlier releases may have given it. Two apps may have one in common. */
  earlier_ids: z.optional(z.array(AppId).check(z.maxLength(4))),
  title: Title,
  /** `game`, `desktop` or `live`: its shelf in the lobby. */
  kind: z.enum(["game", "desktop", "live"]),
  /** The system's name as people say it: `NES`, `GBA`, `Test pattern`. */
  system: plainText(60),
  /** The number of seats. */
  players: z.int().check(z.gte(0), z.lte(MAX_SEATS)),
  /** What the buttons of a person's pad press in it; absent: each itself. */
  buttons: z.optional(ButtonMap),
  /** A live picture of a vehicle: its one seat drives it, and nobody gets that seat by entering the room. */
  vehicle: z.optional(z.literal(true)),
  /** A live picture that does not run: opening it starts it. */
  on_demand: z.optional(z.literal(true)),
  /** Its cover, or the newest small picture of a live one. */
  cover: z.optional(PictureUrl),
  /** The reason that it cannot be played here, as a sentence; absent when it can. */
  unavailable: z.optional(z.string().check(z.maxLength(400))),
});
export type App = z.infer<typeof App>;

/** A file or folder of a games folder that is not in the library, with the reason. */
export const PassedOver = z.object({
  /** Below the games folder; `.` is the folder itself. */
  path: plainText(200),
  reason: z.enum([
    "not_utf8", // the name is not UTF-8, so no program here can open it
    "archive", // a packed file: it has to be unpacked
    "unknown_system", // the extension fits several systems, such as .bin and .iso
    "unreadable", // it cannot be read: `cause` is the system's error
    "gone", // the folder is not there
    "too_deep", // below more levels of folders than the worker reads
    "settings", // the file of settings cannot be used; those before it stay: `cause` says why
    "too_many", // more games than a worker reports
  ]),
  cause: z.optional(z.string().check(z.maxLength(200))),
});
export type PassedOver = z.infer<typeof PassedOver>;

/** The files that a worker left out: the first of them, and their number. */
export const PassedOverList = z.object({
  first: z.array(PassedOver).check(z.maxLength(50)),
  count: z.int().check(z.gte(0)),
});
export type PassedOverList = z.infer<typeof PassedOverList>;

/** The app of this id; else the only one that had it in an earlier release. */
export function findApp<A extends Pick<App, "app_id" | "earlier_ids">>(
  apps: readonly A[],
  id: string,
): A | undefined {
  const exact = apps.find(({ app_id }) => app_id === id);
  if (exact) return exact;
  const earlier = apps.filter(({ earlier_ids }) => earlier_ids?.some((each) => each === id));
  return earlier.length === 1 ? earlier[0] : undefined;
}

/** A seat in a room. `session_id` is absent while it is open. */
export const SeatState = z.object({
  seat: Seat,
  session_id: z.optional(SessionId),
  /** A further seat of that session; absent: its first one. */
  further: z.optional(z.literal(true)),
  /** False while its player's connection is lost. */
  connected: z.boolean(),
});
export type SeatState = z.infer<typeof SeatState>;

/** Why a room whose worker was lost began anew elsewhere. */
export const BeganAnew = z.enum([
  "no_state", // no state of it is kept
  "foreign", // another core, or a newer version of it, made the state
  "unusable", // the state is damaged, or the core refuses it
]);
export type BeganAnew = z.infer<typeof BeganAnew>;

/** One running app on one worker. */
export const Room = z.object({
  room_id: RoomId,
  app_id: AppId,
  title: Title,
  worker_id: WorkerId,
  zone: ZoneId,
  /** `kept`: all its players have left, and it waits for one of them to come back. */
  state: z.enum(["open", "kept", "draining", "closed"]),
  /** While it is kept, or its worker drains: when the room is closed, milliseconds since 1970. */
  closes_at: z.optional(z.number()),
  paused: z.boolean(),
  seats: z.array(SeatState).check(z.maxLength(MAX_SEATS)),
  /** The number of viewers, with and without a seat. */
  viewers: z.int().check(z.gte(0)),
  /** The number of previews in dashboards, which are not among the viewers; absent: none. */
  previews: z.optional(z.int().check(z.gte(1))),
  /** Since when it is recorded, milliseconds since 1970; absent: it is not. */
  recorded_since: z.optional(z.number()),
  /** The reason that its last recording ended before somebody stopped it; absent: none did. */
  recording_ended: z.optional(RecordingEnd),
  /** Picture size before scaling, and pictures a second. Zero until the first picture. */
  width: z.int(),
  height: z.int(),
  frame_rate: z.number(),
  /** Display aspect ratio, width ÷ height. */
  aspect: z.number(),
  /** Milliseconds since 1970. */
  opened_at: z.number(),
  /** How often another worker went on with it after its worker was lost; absent: never. */
  generation: z.optional(z.int().check(z.gte(1), z.lte(999_999_999))),
  /** How old the state was from which this worker went on, in milliseconds. */
  resumed_age_ms: z.optional(z.number()),
  /** Why this worker did not go on from a state; absent: it did. */
  began_anew: z.optional(BeganAnew),
});
export type Room = z.infer<typeof Room>;

/** The reasons for which a session or a room ends. */
export const EndReason = z.enum([
  "quit", // the player left
  "left", // the player did not come back
  "continued", // its player, who was away, went on with the game in another session
  "place_needed", // the player was away, and another one needed the place
  "unwatched", // nobody watched for a long time
  "nothing_started", // a place was taken and nothing started in it
  "crashed", // the room process ended unexpectedly
  "stalled", // the room's source stopped answering
  "failed", // the source could not be started
  "worker_lost", // the worker cannot be reached any more
  "operator", // an operator closed it
  "drained", // the worker was taken out of service
  "not_connected", // no media connection came about in time
  "kicked", // a host of the room sent the player out
  "right_ended", // the player may not be there any more
  "source_ended", // a live source stopped
]);
export type EndReason = z.infer<typeof EndReason>;

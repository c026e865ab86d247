/**
 * Every identifier that travels, branded: an id of one kind does not compile where another kind is due.
 *
 * @module
 */
import { v7 } from "uuid";
import * as z from "zod/mini";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** Letters, digits, dot, dash and underscore: safe in a URL, a file name and a log line. */
const slug = (max: number) =>
  z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), z.maxLength(max));

/** A place with workers, such as `frankfurt`. */
export const ZoneId = slug(40).brand<"ZoneId">();
export type ZoneId = z.infer<typeof ZoneId>;

/** Id of a worker; stable across its restarts. */
export const WorkerId = slug(64).brand<"WorkerId">();
export type WorkerId = z.infer<typeof WorkerId>;

/** Id of a room; it ends with the room. */
export const RoomId = slug(64).brand<"RoomId">();
export type RoomId = z.infer<typeof RoomId>;

/** One player's time with one worker, across reconnects. */
export const SessionId = slug(64).brand<"SessionId">();
export type SessionId = z.infer<typeof SessionId>;

/** One attempt at a peer connection within a session; a reload makes a new one. */
export const PeerId = slug(64).brand<"PeerId">();
export type PeerId = z.infer<typeof PeerId>;

/** Id of an app: a game, a desktop program or a live picture. */
export const AppId = slug(96).brand<"AppId">();
export type AppId = z.infer<typeof AppId>;

/** Id of a sender, and of the device that enrolled as it. */
export const SenderId = slug(64).brand<"SenderId">();
export type SenderId = z.infer<typeof SenderId>;

/** Id of one stream from one sender. */
export const StreamId = slug(64).brand<"StreamId">();
export type StreamId = z.infer<typeof StreamId>;

/** The id of the app in which a stream is watched. */
export function liveAppId(stream: StreamId): AppId {
  return AppId.parse(`live-${stream}`);
}

/** Id of a destination. */
export const DestinationId = slug(64).brand<"DestinationId">();
export type DestinationId = z.infer<typeof DestinationId>;

/** Id of a preset of starts. */
export const PresetId = slug(64).brand<"PresetId">();
export type PresetId = z.infer<typeof PresetId>;

/** Id of a recording; it names a folder. */
export const RecordingId = slug(64).brand<"RecordingId">();
export type RecordingId = z.infer<typeof RecordingId>;

/** Id of a user of the dashboard. */
export const UserId = slug(64).brand<"UserId">();
export type UserId = z.infer<typeof UserId>;

/** Most seats of a room: five pads are what a multitap has. */
export const MAX_SEATS = 5;
/** A seat number within a room, from 0 (shown as P1). */
export const Seat = z.int().check(z.gte(0), z.lte(MAX_SEATS - 1));

/** A time-ordered UUID (RFC 9562 version 7). */
export function newId({ clock, random }: { clock: Clock; random: Random }): string {
  return v7({ msecs: clock.epoch(), random: random.bytes(16) });
}

/** A prefixed, time-ordered id: `ses_0197…`. The caller parses it with its schema. */
export function newPrefixedId(prefix: string, ports: { clock: Clock; random: Random }): string {
  return `${prefix}_${newId(ports).replaceAll("-", "")}`;
}

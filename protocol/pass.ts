/**
 * The three roles of a person in a room, and what each may do there. Coordinator and worker decide by this table.
 *
 * @module
 */
import * as z from "zod/mini";
import { UserId } from "./ids.ts";

/** A watcher sees and hears; a player also takes a seat and the app's controls; a host also lets others in. */
export const RoomRole = z.enum(["watcher", "player", "host"]);
export type RoomRole = z.infer<typeof RoomRole>;

/** The roles that a share link may give; one that lets be host is of one room. */
export const LinkRole = z.enum(["watcher", "player", "host"]);
export type LinkRole = z.infer<typeof LinkRole>;

/** The id of a person, a browser, a share link or a session: what rooms and saves belong to. It names a folder. */
export const Holder = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/), z.maxLength(64));
export type Holder = z.infer<typeof Holder>;

/** Whom a room belongs to, and that person's fleet. */
export const RoomOwner = z.object({
  holder: z.optional(Holder),
  fleet: z.optional(UserId),
});
export type RoomOwner = z.infer<typeof RoomOwner>;

/** What a person asks of a room: `play` is everything that changes what others see. */
export type Action = "watch" | "play" | "share";

const ALLOWED: Readonly<Record<RoomRole, readonly Action[]>> = {
  watcher: ["watch"],
  player: ["watch", "play"],
  host: ["watch", "play", "share"],
};

/** Whether this role allows the action; without a role nothing is allowed. */
export function roleAllows(role: RoomRole | undefined, action: Action): boolean {
  return role !== undefined && ALLOWED[role].includes(action);
}

/** The role that allows more; `undefined` allows nothing. */
export function higherRole(
  one: RoomRole | undefined,
  other: RoomRole | undefined,
): RoomRole | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return ALLOWED[one].length >= ALLOWED[other].length ? one : other;
}

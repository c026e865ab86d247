/**
 * What a player may do, as one table. A pass lists what it opens; {@linkcode may} compares it with the app or room that
 * a request names. It is checked before every step: the library, a place, a start, each request to a room.
 *
 * | opens     | apps of the library | room of its holder | room or live picture of the fleet | live picture | other room |
 * | --------- | ------------------- | ------------------ | --------------------------------- | ------------ | ---------- |
 * | all       | play                | host               | host                              | host         | host       |
 * | library   | play                | host               | –                                 | –            | –          |
 * | fleet     | –                   | host               | its role                          | –            | –          |
 * | live      | –                   | host               | watch                             | watch        | –          |
 * | one room  | –                   | host               | its role in that room             | same         | same       |
 *
 * A live picture of a simulated vehicle is played, not only watched, by those whom `live` lets in: it can do no harm.
 *
 * @module
 */
import type { RoomId, SessionId, UserId } from "../../protocol/ids.ts";
import {
  type Action,
  higherRole,
  type Holder,
  roleAllows,
  type RoomOwner,
  type RoomRole,
} from "../../protocol/pass.ts";
import type { Role } from "../../protocol/rest/contract.ts";
import type { AccessPolicy } from "../../protocol/rest/settings.ts";

/** One line of the table above. */
export type Opening =
  | { readonly opens: "all" }
  | { readonly opens: "library" }
  | { readonly opens: "fleet"; readonly fleet: UserId; readonly role: RoomRole }
  | { readonly opens: "live" }
  | { readonly opens: "room"; readonly room: RoomId; readonly role: RoomRole };

/** The ids of the credentials from which a pass follows: with these it can be computed again without the secrets. */
export interface CheckedCredentials {
  readonly loginId?: string | undefined;
  readonly shareId?: string | undefined;
  readonly browser?: Holder | undefined;
  /** When the first of them expires, in milliseconds since 1970; absent: none does. */
  readonly until?: number | undefined;
  /** How many changes of rights there had been when the pass was worked out from them. */
  readonly asOf?: number | undefined;
}

/** The rights of one player. */
export interface Pass {
  /** Absent where no access control runs. */
  readonly proof?: CheckedCredentials;
  /** The first owns what this player starts; a room of any of them is this player's own. */
  readonly holders: readonly Holder[];
  /** The signed-in person. */
  readonly user?: UserId | undefined;
  /** The fleet of that person; rooms that this player starts belong to it as well. */
  readonly fleet?: UserId | undefined;
  readonly openings: readonly Opening[];
}

/** The target of a request: an app of the library, or a room. A live picture is the room that shows it. */
export type PassTarget =
  | { readonly kind: "app" }
  | {
    readonly kind: "room";
    readonly room?: RoomId;
    readonly owner: RoomOwner;
    readonly live: boolean;
    /** A live picture of a simulated vehicle. */
    readonly simulated?: boolean;
  };

/** Any app of the library. */
export const APP: PassTarget = { kind: "app" };

/** Opens everything: the pass of an administrator, and of everybody where no access control runs. */
export const FULL_PASS: Pass = { holders: [], openings: [{ opens: "all" }] };

/** Opens nothing. */
export const NO_PASS: Pass = { holders: [], openings: [] };

/** The role that a pass gives its player at a target; `undefined`: none. */
export function roleAt({ holders, openings }: Pass, target: PassTarget): RoomRole | undefined {
  const own = target.kind === "room" && target.owner.holder !== undefined &&
    holders.includes(target.owner.holder);
  return openings.map((opening) => roleBy(opening, target))
    .reduce(higherRole, own && openings.length > 0 ? "host" : undefined);
}

/** Whether a pass allows an action on a target. */
export function may(pass: Pass, action: Action, target: PassTarget): boolean {
  return roleAllows(roleAt(pass, target), action);
}

/** The pass of a session: it holds what it started itself, when its player shows neither a login nor a key. */
export function passOfSession(pass: Pass, session: SessionId): Pass {
  const others = pass.holders.filter((holder) => holder !== session);
  return { ...pass, holders: [...others, session] };
}

function roleBy(opening: Opening, target: PassTarget): RoomRole | undefined {
  switch (opening.opens) {
    case "all":
      return "host";
    case "library":
      return target.kind === "app" ? "player" : undefined;
    case "fleet":
      return target.kind === "room" && target.owner.fleet === opening.fleet
        ? opening.role
        : undefined;
    case "live":
      if (target.kind !== "room" || !target.live) return undefined;
      return target.simulated ? "player" : "watcher";
    case "room":
      return target.kind === "room" && target.room === opening.room ? opening.role : undefined;
  }
}

/** What is known of a player: each part is checked already. */
export interface Evidence {
  readonly policy: AccessPolicy;
  /** The person that the login belongs to. */
  readonly user?: { readonly user_id: UserId; readonly owner_id: UserId; readonly role: Role };
  /** The share link, which has not ended. */
  readonly link?: {
    readonly share_id: string;
    readonly owner_id?: UserId | undefined;
    readonly room_id?: RoomId | undefined;
    readonly role: RoomRole;
  };
  /** The browser's key, hashed. */
  readonly browser?: Holder | undefined;
}

/** The pass of a player. It opens nothing when the policy does not let the player in. */
export function passOf({ policy, user, link, browser }: Evidence): Pass {
  const isLetIn = policy === "anyone" || user !== undefined ||
    (policy === "share_link" && link !== undefined);
  if (!isLetIn) return NO_PASS;
  const openings: Opening[] = [
    ...(policy === "anyone" ? [{ opens: "library" }, { opens: "live" }] as const : []),
    ...(user ? openingsOfUser(user) : []),
    ...(link ? openingsOfLink(link) : []),
  ];
  const holders = [user?.user_id, browser, user || browser ? undefined : link?.share_id]
    .filter((holder) => holder !== undefined);
  return { holders, openings, ...(user && { user: user.user_id, fleet: user.owner_id }) };
}

/** The pass of a person who is signed in, whatever the policy. */
export function passOfUser(user: NonNullable<Evidence["user"]>): Pass {
  return passOf({ policy: "signed_in", user });
}

function openingsOfUser({ role, owner_id: fleet }: NonNullable<Evidence["user"]>): Opening[] {
  if (role === "admin") return [{ opens: "all" }];
  const inFleet = role === "viewer" ? "watcher" : "host";
  return [{ opens: "library" }, { opens: "fleet", fleet, role: inFleet }];
}

/** A link to no room opens what its maker's fleet shows, and with the role of a player the library as well. */
function openingsOfLink(
  { owner_id: fleet, room_id: room, role }: NonNullable<Evidence["link"]>,
): Opening[] {
  if (room !== undefined) return [{ opens: "room", room, role }];
  return [
    ...(roleAllows(role, "play") ? [{ opens: "library" }] as const : []),
    ...(fleet === undefined ? [] : [{ opens: "fleet", fleet, role }] as const),
  ];
}

/**
 * What a share link lets do, in words. Pure.
 *
 * @module
 */
import type { LinkRole } from "../../../protocol/pass.ts";
import type { IconName } from "../../shared/icon.tsx";
import type { SeatView } from "../join/seats.ts";

/** What runs in the room, as far as it matters to whom it is shared with. */
export type Shared =
  | { readonly kind: "game"; readonly seats: readonly SeatView[] }
  | { readonly kind: "vehicle" }
  /** A stream or a desktop without seats. */
  | { readonly kind: "picture" };

/** One role that a link can have. */
export interface RoleWords {
  readonly role: LinkRole;
  readonly name: string;
  readonly icon: IconName;
  /** What those who open the link get. */
  readonly lets: string;
}

/** The roles that links to the room can have. Without seats nobody plays. */
export function rolesOf(shared: Shared): readonly RoleWords[] {
  const host: RoleWords = {
    role: "host",
    name: "Be host too",
    icon: "key",
    lets: shared.kind === "game"
      ? "Plays, locks and gives seats, sends people out, and shares the room like you."
      : "Sends people out and shares the room like you.",
  };
  const watcher: RoleWords = {
    role: "watcher",
    name: "Only watch",
    icon: "eye",
    lets: shared.kind === "game"
      ? "Sees and hears the game, and cannot play."
      : "Sees and hears what you see, and changes nothing.",
  };
  if (shared.kind === "picture") return [watcher, host];
  const player: RoleWords = shared.kind === "vehicle"
    ? {
      role: "player",
      name: "Drive too",
      icon: "wheel",
      lets: "Takes the wheel when it is free, or asks for it.",
    }
    : { role: "player", name: "Play along", icon: "pad", lets: playerGets(shared.seats) };
  return [player, watcher, host];
}

function playerGets(seats: readonly SeatView[]): string {
  const next = seats.find(({ who }) => who === "open");
  return next
    ? `The first who opens it plays as ${next.name}. Others watch until a seat is free.`
    : "Every seat is taken. Who opens it watches until a seat is free.";
}

/** The words that go with a link to another app. */
export function invitation(title: string, role: LinkRole): string {
  if (role === "watcher") return `Watch ${title} with me`;
  return role === "player" ? `Join me in ${title}` : `Host ${title} with me`;
}

/**
 * Reads the address of the player's page: the library, an app or a room. Another address is refused here, before
 * the page requests a place.
 *
 * ```text
 *  /                   the library
 *  /?room=<room id>    a room that runs
 *  /play/<app id>      an app; ?continue=<room id> begins at what that room saved
 *  /check              the connection check
 * ```
 *
 * @module
 */
import { AppId, RoomId } from "../../protocol/ids.ts";
import type { Target } from "./join/session_state.ts";

/** The page that an address names: the library, the screen of an app or room, or none. */
export type Link =
  | { readonly page: "library" }
  | { readonly page: "check" }
  | { readonly page: "screen"; readonly target: Target }
  | { readonly page: "refused" };

const REFUSED: Link = { page: "refused" };

/** Reads `pathname` and `search` of a URL. Never throws. */
export function readLink({ pathname, search }: Pick<URL, "pathname" | "search">): Link {
  const query = new URLSearchParams(search);
  const [first, second, ...rest] = pathname.split("/").filter((part) => part !== "");
  if (first === undefined) {
    const room = query.get("room");
    return room === null ? { page: "library" } : screen("roomId", RoomId.safeParse(room).data);
  }
  if (first === "check" && second === undefined) return { page: "check" };
  if (second === undefined || rest.length > 0) return REFUSED;
  if (first === "room") return screen("roomId", RoomId.safeParse(decode(second)).data);
  if (first !== "play") return REFUSED;
  const continueFrom = RoomId.safeParse(query.get("continue")).data;
  return screen("appId", AppId.safeParse(decode(second)).data, continueFrom);
}

function screen<K extends "appId" | "roomId">(
  key: K,
  id: Target[K],
  continueFrom?: RoomId,
): Link {
  if (id === undefined) return REFUSED;
  return { page: "screen", target: { [key]: id, ...(continueFrom && { continueFrom }) } };
}

/** `undefined` when the percent-encoding is broken. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

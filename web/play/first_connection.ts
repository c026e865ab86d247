/**
 * The first connection to the coordinator: it is dialled when this module is loaded, before the page's program, which
 * takes it over.
 *
 * @module
 */
import { systemRandom } from "../../protocol/random.ts";
import { unplaced } from "../shared/place.ts";
import { dialWebSocket, legUrl } from "../shared/socket/web_socket.ts";
import { browserKey } from "./join/browser_key.ts";
import { dialEarly } from "./join/early_dial.ts";
import { createTokenStore } from "./join/tokens.ts";

const opened = new URLSearchParams(location.search);
const browser = browserKey(() => localStorage, systemRandom);
const stored = createTokenStore(sessionStorage, globalThis);
const resume = stored.take();

/** The address of `/ws` for this browser, with the share link that the page was opened with. */
export function userAddress(query: Readonly<Record<string, string | undefined>>): string {
  return legUrl("/ws", { ...query, browser, share: opened.get("share") ?? undefined });
}

/** The resume token that this page was loaded with, and where the next one is kept. */
export const tokens = { ...stored, take: () => resume };

/** Dials `/ws`; the first connection was opened when the page began to load. */
export const dial = dialEarly(
  dialWebSocket,
  userAddress({ room_id: linkedRoom(), worker_id: undefined, resume }),
);

/** The room in the address as it stands; `link.ts` reads it exactly, and another address is dialled then. */
function linkedRoom(): string | undefined {
  const [first, room, ...rest] = unplaced(location.pathname).split("/").filter((part) => part);
  if (first === undefined) return opened.get("room") ?? undefined;
  return first === "room" && rest.length === 0 ? room : undefined;
}

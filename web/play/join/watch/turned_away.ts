/**
 * Why the coordinator has closed the page's socket for good.
 *
 * @module
 */
import { CLOSE, isTurnedAway } from "../../../../protocol/close.ts";
import type { Refusal } from "../../../../protocol/envelope.ts";
import type { LinkState } from "../../../shared/socket/leg_socket.ts";

/** The refusal that ends the session; `undefined` while the socket is open or dials again. */
export function turnedAway(link: LinkState): Refusal | undefined {
  if (link.state !== "closed") return undefined;
  if (link.code === CLOSE.replaced) {
    return { code: "link.replaced", message: "Another window took the session over" };
  }
  if (!isTurnedAway(link.code)) return undefined;
  return { code: "access", message: "Farpad lets this browser play no longer" };
}

/**
 * The player's leg for a player who may not connect. A browser cannot read the response to a refused upgrade, so the
 * socket opens and is closed at once with the reason.
 *
 * @module
 */
import { CLOSE } from "../../protocol/close.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import type { LegServer } from "./serve_leg.ts";

/** A leg server that closes each connection with code 4401 and the refusal's message. */
export function refusingUserLegServer({ message }: Refusal): LegServer<FromUser, ToUser> {
  return {
    name: "user",
    incoming: fromUser,
    outgoing: toUser,
    open(connection) {
      connection.close(CLOSE.unauthenticated, message);
      return { receive: () => {}, closed: () => {} };
    },
  };
}

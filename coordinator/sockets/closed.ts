/**
 * A door that says why it is closed. A browser cannot read the answer to a refused upgrade, so the socket opens
 * and is closed with a reason.
 *
 * @module
 */
import { CLOSE } from "../../protocol/close.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import type { LegServer } from "./serve_leg.ts";

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

/**
 * REST: the second factor, a code of an authenticator app.
 *
 * @module
 */
import * as z from "zod/mini";
import { UserId } from "../ids.ts";
import { Code } from "./accounts.ts";
import { ADMINS, contract, Done, EVERY_ROLE } from "./contract.ts";

const Current = z.string().check(z.maxLength(200));

/** The contracts of second factors. */
export const secondFactor = {
  offer: contract({
    method: "POST",
    path: "/api/auth/second-factor",
    summary: "Begin to set up an authenticator app: its secret, and the address for its QR code",
    access: EVERY_ROLE,
    byLogin: true,
    body: z.object({ current: Current }),
    response: z.object({ secret: z.string(), uri: z.string() }),
  }),
  confirm: contract({
    method: "POST",
    path: "/api/auth/second-factor/confirm",
    summary: "Turn the second factor on with a code of the app; the recovery codes are shown once",
    access: EVERY_ROLE,
    byLogin: true,
    body: z.object({ code: Code }),
    response: z.object({ recovery_codes: z.array(z.string()) }),
  }),
  remove: contract({
    method: "POST",
    path: "/api/auth/second-factor/remove",
    summary: "Turn one's own second factor off, with the password and a code",
    access: EVERY_ROLE,
    byLogin: true,
    body: z.object({ current: Current, code: Code }),
    response: Done,
  }),
  removeOf: contract({
    method: "DELETE",
    path: "/api/users/:id/second-factor",
    summary: "Turn off the second factor of a user who lost app and recovery codes",
    access: ADMINS,
    byLogin: true,
    params: z.object({ id: UserId }),
    response: Done,
  }),
};

/**
 * REST: API tokens, with which programs call in the name of a user.
 *
 * @module
 */
import * as z from "zod/mini";
import { DisplayName } from "./accounts.ts";
import { contract, Done, EVERY_ROLE, LongPaging, page } from "./contract.ts";

/** What a token may do: `read` what a viewer may, `operate` what an operator may, `admin` everything. */
export const TokenScope = z.enum(["read", "operate", "admin"]);
export type TokenScope = z.infer<typeof TokenScope>;

/** An API token without its secret. Times in milliseconds since 1970. */
export const ApiToken = z.object({
  token_id: z.string(),
  name: z.string(),
  scope: TokenScope,
  created_at: z.number(),
  expires_at: z.number(),
  /** To the minute. */
  last_used_at: z.optional(z.number()),
});
export type ApiToken = z.infer<typeof ApiToken>;

/** The contracts of one's own API tokens. */
export const tokens = {
  list: contract({
    method: "GET",
    path: "/api/auth/tokens",
    summary: "List one's own API tokens",
    access: EVERY_ROLE,
    byLogin: true,
    query: LongPaging,
    response: page(ApiToken),
  }),
  create: contract({
    method: "POST",
    path: "/api/auth/tokens",
    summary: "Make an API token; its text is shown once. It may never do more than its user",
    access: EVERY_ROLE,
    byLogin: true,
    body: z.object({
      name: DisplayName,
      scope: TokenScope,
      days: z._default(z.int().check(z.gte(1), z.lte(366)), 90),
    }),
    response: z.object({ item: ApiToken, token: z.string() }),
    status: 201,
  }),
  revoke: contract({
    method: "DELETE",
    path: "/api/auth/tokens/:id",
    summary: "Revoke one of one's own API tokens",
    access: EVERY_ROLE,
    byLogin: true,
    params: z.object({ id: z.string().check(z.maxLength(64)) }),
    response: Done,
  }),
};

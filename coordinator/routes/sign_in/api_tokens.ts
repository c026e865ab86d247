/**
 * REST: one's own API tokens.
 *
 * @module
 */
import { tokens as contracts } from "../../../protocol/rest/api_tokens.ts";
import type { ApiTokens } from "../../accounts/api_tokens.ts";
import type { ApiTokenRecord } from "../../records/accounts.ts";
import { listAnswer } from "../../records/page.ts";
import { isRefused } from "../../refusals.ts";
import type { Router } from "../rest/router.ts";

/** What {@linkcode apiTokenRoutes} calls. */
export interface ApiTokenServices {
  readonly apiTokens: ApiTokens;
}

/** Adds the routes to list, make and revoke API tokens. */
export function apiTokenRoutes(router: Router, { apiTokens }: ApiTokenServices): void {
  router.on(contracts.list, async ({ caller, query }) => {
    return listAnswer(await apiTokens.page(caller.user.user_id, query), tokenView);
  });
  router.on(contracts.create, async ({ caller, body }) => {
    const made = await apiTokens.create(caller, body);
    return isRefused(made) ? made : { item: tokenView(made.record), token: made.token };
  });
  router.on(contracts.revoke, async ({ caller, params }) => {
    return await apiTokens.revoke(caller, params.id) ?? { ok: true as const };
  });
}

function tokenView({ hash: _, user_id: __, ...token }: ApiTokenRecord) {
  return token;
}

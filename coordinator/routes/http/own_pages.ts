/**
 * Keeps pages of other sites from using REST with the cookie or the network place of a person who opened them: the
 * rules of {@linkcode checkOrigin}, as for sockets. The `Origin` header counts for what changes something; an answer
 * to a read is kept from another site's page by the browser.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { refuse } from "../../../protocol/envelope.ts";
import { checkOrigin, type OriginRules } from "../../listen/origin_check.ts";
import type { AppEnv } from "../app_env.ts";

/** Refuses with status 403 what a page of another site sends, and a name of the host that is not served. */
export function ownPages(rules: OriginRules): MiddlewareHandler<AppEnv> {
  return async function ownPages(c, next) {
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    const origin = isRead ? null : c.req.header("origin") ?? null;
    const foreign = checkOrigin({ origin, host: c.env.host }, rules);
    return foreign ? c.json(refuse(foreign.code, foreign.message), 403) : await next();
  };
}

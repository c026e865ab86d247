/**
 * The lists of apps and workers, which a player may read without a session.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import * as z from "zod/mini";
import { refuse } from "../../../protocol/envelope.ts";
import { ZoneId } from "../../../protocol/ids.ts";
import type { WorkerChoice } from "../../../protocol/legs/user_leg.ts";
import { LongPaging, MAX_PAGE } from "../../../protocol/rest/contract.ts";
import { byId, pageInMemory } from "../../records/page.ts";
import type { Pass } from "../../domain/pass.ts";
import { isRefused, type Refused } from "../../refusals.ts";
import type { AppEnv } from "../app_env.ts";
import { turnDown } from "./router.ts";
import type { Library } from "../../play/library.ts";
import type { Workers } from "../../workers.ts";

const Query = z.extend(LongPaging, { zone: z.optional(ZoneId) });

const WRONG_PAGE =
  `Cannot read this page: limit is a whole number from 1 to ${MAX_PAGE}, cursor is the next of the page before`;

/** The routes `/apps` and `/workers`, to be mounted at `/api`; `admit` returns the pass of a request. */
export function libraryRoutes(
  { library, workers }: { readonly library: Library; readonly workers: Workers },
  admit: (c: Context<AppEnv>) => Promise<{ readonly pass: Pass } | Refused>,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/apps", async (c) => {
    const admitted = await admit(c);
    if (isRefused(admitted)) return turnDown(c, admitted);
    const query = Query.safeParse(c.req.query());
    if (!query.success) {
      const { zone } = c.req.query();
      const message = zone !== undefined && !ZoneId.safeParse(zone).success
        ? `Cannot list apps: "${zone}" is not a zone`
        : WRONG_PAGE;
      return c.json(refuse("bad_request", message), 400);
    }
    c.header("cache-control", "no-store");
    const { zone, limit, cursor } = query.data;
    const apps = library.of({ zone, ...admitted });
    const page = pageInMemory(apps, { limit, cursor, position: ({ app_id }) => byId(app_id) });
    if (isRefused(page)) return turnDown(c, page);
    return c.json({ apps: page.rows, ...(page.next !== undefined && { next: page.next }) });
  });

  app.get("/workers", async (c) => {
    const admitted = await admit(c);
    if (isRefused(admitted)) return turnDown(c, admitted);
    const query = LongPaging.safeParse(c.req.query());
    if (!query.success) return c.json(refuse("bad_request", WRONG_PAGE), 400);
    c.header("cache-control", "no-store");
    const position = ({ worker_id }: WorkerChoice) => byId(worker_id);
    const page = pageInMemory(workers.choices(), { ...query.data, position });
    if (isRefused(page)) return turnDown(c, page);
    return c.json({ workers: page.rows, ...(page.next !== undefined && { next: page.next }) });
  });

  return app;
}

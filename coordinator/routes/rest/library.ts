/**
 * The lists of apps and workers, which a player may read without a session.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import * as z from "zod/mini";
import { refuse } from "../../../protocol/envelope.ts";
import { ZoneId } from "../../../protocol/ids.ts";
import type { Pass } from "../../domain/pass.ts";
import { isRefused, type Refused } from "../../refusals.ts";
import type { AppEnv } from "../app_env.ts";
import { turnDown } from "./router.ts";
import type { Library } from "../../play/library.ts";
import type { Workers } from "../../workers.ts";

const Query = z.object({ zone: z.optional(ZoneId) });

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
      const message = `Cannot list apps: "${c.req.query("zone")}" is not a zone`;
      return c.json(refuse("bad_request", message), 400);
    }
    c.header("cache-control", "no-store");
    return c.json({ apps: library.of({ ...query.data, ...admitted }) });
  });

  app.get("/workers", async (c) => {
    const admitted = await admit(c);
    if (isRefused(admitted)) return turnDown(c, admitted);
    c.header("cache-control", "no-store");
    return c.json({ workers: workers.choices() });
  });

  return app;
}

/**
 * The lists of apps and workers, which a client may read without a session.
 *
 * @module
 */
import { Hono } from "hono";
import * as z from "zod/mini";
import { refuse } from "../../../protocol/envelope.ts";
import { ZoneId } from "../../../protocol/ids.ts";
import type { AppEnv } from "../app_env.ts";
import type { Library } from "../../play/library.ts";
import type { Workers } from "../../workers.ts";

const Query = z.object({ zone: z.optional(ZoneId) });

/** The routes `/apps` and `/workers`, to be mounted at `/api`. */
export function libraryRoutes(
  { library, workers }: { readonly library: Library; readonly workers: Workers },
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get("/apps", (c) => {
    const query = Query.safeParse(c.req.query());
    if (!query.success) {
      const message = `Cannot list apps: "${c.req.query("zone")}" is not a zone`;
      return c.json(refuse("bad_request", message), 400);
    }
    c.header("cache-control", "no-store");
    return c.json({ apps: library.of(query.data) });
  });

  app.get("/workers", (c) => {
    c.header("cache-control", "no-store");
    return c.json({ workers: workers.choices() });
  });

  return app;
}

/**
 * The HTTP interface of the coordinator: the routes of every area and the WebSocket of every leg.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { getPath } from "hono/utils/url";
import { refuse } from "../protocol/envelope.ts";
import type { AdmittedPlayer } from "./accounts/access.ts";
import { FULL_PASS } from "./domain/pass.ts";
import { pathBelow } from "./listen/request_facts.ts";
import { LOGIN_COOKIE } from "./routes/sign_in/cookies.ts";
import type { AppEnv } from "./routes/app_env.ts";
import { StoreFault } from "./ports.ts";
import { isRefused, type Refused } from "./refusals.ts";
import { controlRoutes } from "./routes/control.ts";
import { healthRoutes } from "./routes/http/health.ts";
import { libraryRoutes } from "./routes/rest/library.ts";
import { ownPages } from "./routes/http/own_pages.ts";
import { securityHeaders } from "./routes/http/security_headers.ts";
import { staticRoutes } from "./routes/http/static.ts";
import type { Services } from "./services.ts";
import { admitBearer } from "./http_signalling/bearer.ts";
import { whepRoutes } from "./routes/whep.ts";
import { whipRoutes } from "./routes/whip.ts";
import { refusingUserLegServer } from "./sockets/closed.ts";
import { readUserQuery, userLegServer } from "./sockets/user.ts";
import { workerLegServer } from "./sockets/worker.ts";

/** The settings of {@linkcode createApp}. */
export interface AppOptions {
  /** The bearer token that `/metrics` requires; without a token it serves this machine only. */
  readonly metricsToken: string | undefined;
  /** Folder of the built web client. */
  readonly web: string;
  /** `FARPAD_PUBLIC_URL`, with a slash at its end. */
  readonly publicUrl?: string | undefined;
}

/** Creates the Hono app that answers every request. It has the control plane's routes if one is attached. */
export function createApp(services: Services, options: AppOptions): Hono<AppEnv> {
  const { sockets, log } = services;
  const app = new Hono<AppEnv>({ getPath: pathOf });
  const workers = () => services.workers.views().map(({ hello }) => hello);
  app.use(securityHeaders({ workers }));
  app.use("/api/*", ownPages(services.pages));
  app.use("/metrics", ownPages(services.pages));

  app.route(
    "/",
    healthRoutes({ ...services, ...options, storage: () => services.control?.storage.trouble }),
  );

  const { control } = services;
  /** What a player may do, by the login, the share link and the browser's key in a request. */
  async function admit(c: Context<AppEnv>): Promise<Pick<AdmittedPlayer, "pass"> | Refused> {
    if (!control) return { pass: FULL_PASS };
    const { share, browser } = c.req.query();
    return await control.access.admit({ login: getCookie(c, LOGIN_COOKIE), share, browser });
  }

  app.route("/api", libraryRoutes(services, admit));
  if (control) app.route("/", controlRoutes(control, { sockets, ports: services }));

  app.route(
    "/",
    whepRoutes(services, {
      admit: async (token) => control ? await admitBearer(control, token) : { pass: FULL_PASS },
      isStream: (id) => control?.registry.get(id) !== undefined,
    }),
  );

  if (control) app.route("/", whipRoutes(services, control));

  app.get("/ws", async (c) => {
    const query = readUserQuery(new URL(c.req.url).searchParams);
    if ("code" in query) return c.json(refuse(query.code, query.message), 400);
    const admitted = await admit(c);
    const server = isRefused(admitted)
      ? refusingUserLegServer(admitted.refusal)
      : userLegServer(services, { ports: services, query, ...admitted });
    return sockets.accept(c.req.raw, c.env, server);
  });
  app.get(
    "/wso",
    (c) => sockets.accept(c.req.raw, c.env, workerLegServer(services, { ports: services })),
  );

  app.all(
    "/api/*",
    (c) => c.json(refuse("not_found", `Cannot find ${c.req.method} ${c.req.path}`), 404),
  );
  app.route("/", staticRoutes(options.web, options.publicUrl));

  app.onError((error, c) => {
    log.error("request failed", { method: c.req.method, path: c.req.path, error });
    if (error instanceof StoreFault) {
      c.header("retry-after", "10");
      return c.json(
        refuse("storage", `${error.message}. Ask an administrator of this service`),
        503,
      );
    }
    const message = `Cannot answer ${c.req.method} ${c.req.path}: internal error`;
    return c.json(refuse("internal", message), 500);
  });
  return app;
}

/** The path below the public address. A proxy may pass `/farpad/api` on unchanged, or as `/api`. */
function pathOf(request: Request, options?: { env?: AppEnv["Bindings"] }): string {
  return pathBelow(options?.env?.publicAddress?.base ?? "", getPath(request));
}

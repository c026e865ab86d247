/**
 * Everything of the control plane that is reached over HTTP: its REST areas, its document, its two sockets.
 *
 * @module
 */
import { Hono } from "hono";
import type { AppEnv } from "../app.ts";
import type { Control } from "../control.ts";
import { agentLegServer } from "../sockets/agent.ts";
import { operatorLegServer } from "../sockets/operator.ts";
import type { LegPorts } from "../sockets/serve_leg.ts";
import type { Sockets } from "../sockets/socket.ts";
import { accountRoutes } from "./accounts.ts";
import { apiDocs } from "./api_docs.ts";
import { fleetRoutes } from "./fleet.ts";
import { createRouter } from "./mount.ts";
import { senderRoutes } from "./senders.ts";
import { settingRoutes } from "./settings.ts";
import { streamRoutes } from "./streams.ts";

export function controlRoutes(
  control: Control,
  { sockets, ports }: { sockets: Sockets; ports: LegPorts },
): Hono<AppEnv> {
  const { logins, hub, log } = control;
  const router = createRouter({ authenticate: (token, from) => logins.caller(token, from), log });
  accountRoutes(router, control);
  senderRoutes(router, control);
  streamRoutes(router, control);
  fleetRoutes(router, control);
  settingRoutes(router, control);

  const app = new Hono<AppEnv>();
  app.route("/", router.app);
  app.route("/api", apiDocs());
  app.get("/api/ws", (c) => {
    const userAgent = c.req.header("user-agent") ?? "";
    return sockets.accept(
      c.req.raw,
      c.env.address,
      operatorLegServer({ logins, hub }, { ports, userAgent }),
    );
  });
  app.get("/agent/ws", (c) => {
    const host = c.req.header("host") ?? "";
    return sockets.accept(c.req.raw, c.env.address, agentLegServer(control, { ports, host }));
  });
  return app;
}

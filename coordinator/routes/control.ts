/**
 * The control plane's HTTP surface: its REST resources, its OpenAPI document, and the sockets of operators and
 * agents.
 *
 * @module
 */
import { Hono } from "hono";
import type { Control } from "../control.ts";
import { agentLegServer } from "../sockets/agent.ts";
import { operatorLegServer } from "../sockets/operator.ts";
import type { LegPorts } from "../sockets/serve_leg.ts";
import type { Sockets } from "../sockets/socket.ts";
import type { AppEnv } from "./app_env.ts";
import { apiDocs } from "./http/api_docs.ts";
import { accessRoutes } from "./rest/access.ts";
import { alertRoutes } from "./rest/alerts.ts";
import { auditRoutes } from "./rest/audit.ts";
import { destinationRoutes } from "./rest/destinations.ts";
import { deviceRoutes } from "./rest/devices/devices.ts";
import { invitationRoutes } from "./rest/invitations.ts";
import { loginRoutes } from "./rest/logins.ts";
import { presetRoutes } from "./rest/streams/presets.ts";
import { recordingRoutes } from "./rest/recordings.ts";
import { roomRoutes } from "./rest/rooms.ts";
import { createRouter } from "./rest/router.ts";
import { senderRoutes } from "./rest/senders.ts";
import { streamRoutes } from "./rest/streams/streams.ts";
import { userRoutes } from "./rest/users.ts";
import { workerCredentialRoutes } from "./rest/worker_credentials.ts";
import { workerRoutes } from "./rest/workers.ts";
import { apiTokenRoutes } from "./sign_in/api_tokens.ts";
import { secondFactorRoutes } from "./sign_in/second_factor.ts";
import { singleSignOnRoutes } from "./sign_in/single_sign_on.ts";

/** The routes of an open control plane, to be mounted at `/`. */
export function controlRoutes(
  control: Control,
  { sockets, ports }: { sockets: Sockets; ports: LegPorts },
): Hono<AppEnv> {
  const router = createRouter(control);
  loginRoutes(router, control);
  apiTokenRoutes(router, control);
  secondFactorRoutes(router, control);
  singleSignOnRoutes(router, control);
  userRoutes(router, control);
  invitationRoutes(router, control);
  senderRoutes(router, control);
  deviceRoutes(router, control);
  streamRoutes(router, control);
  destinationRoutes(router, control);
  presetRoutes(router, control);
  workerRoutes(router, control);
  workerCredentialRoutes(router, control);
  roomRoutes(router, control);
  recordingRoutes(router, control);
  accessRoutes(router, control);
  alertRoutes(router, control);
  auditRoutes(router, control);

  const app = new Hono<AppEnv>();
  app.route("/", router.app);
  app.route("/api", apiDocs());
  app.get("/api/ws", (c) => {
    const userAgent = c.req.header("user-agent") ?? "";
    return sockets.accept(c.req.raw, c.env, operatorLegServer(control, { ports, userAgent }));
  });
  app.get("/agent/ws", (c) => {
    return sockets.accept(c.req.raw, c.env, agentLegServer(control, { ports, facts: c.env }));
  });
  return app;
}

/**
 * What WHIP and WHEP have in common: the addresses of their sessions, and the answer that makes one.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { IceServer } from "../../protocol/legs/webrtc.ts";
import { FRAGMENT_TYPE } from "../../protocol/sdp/fragment.ts";
import { MAX_LENGTH } from "../../protocol/sdp/sections.ts";
import {
  answerOptions,
  foreignPage,
  fragmentOf,
  linkIceServers,
  SDP_TYPE,
  turnAway,
} from "../http_signalling/http.ts";
import type { MediaSession, Resource, Resources } from "../http_signalling/resources.ts";
import type { OriginRules } from "../listen/origin_check.ts";
import type { AppEnv } from "./app_env.ts";
import { bearerOf } from "./rest/router.ts";

/** Refuses a body that is too long before it is read. */
export const LIMITED = bodyLimit({
  maxSize: 4 * MAX_LENGTH,
  onError: (c) => turnAway(c, { code: "too_large", message: "Cannot read so long a body" }),
});

/** Adds the routes of the sessions below `root`, and what applies to all addresses there. Call it before the others. */
export function sessionRoutes(
  app: Hono<AppEnv>,
  { root, pages, resources }: {
    readonly root: "/whep" | "/whip";
    readonly pages: OriginRules;
    readonly resources: Resources<MediaSession>;
  },
): void {
  app.use(`${root}/*`, async (c, next) => {
    c.header("cache-control", "no-store");
    const foreign = foreignPage(c, pages);
    return foreign ? turnAway(c, foreign) : await next();
  });

  app.patch(`${root}/session/:id`, LIMITED, async (c) => {
    const found = resourceOf(c);
    if ("code" in found) return turnAway(c, found);
    const fragment = await fragmentOf(c, found);
    if ("code" in fragment) return turnAway(c, fragment);
    found.session.candidates(fragment.candidates);
    return c.body(null, 204);
  });

  app.delete(`${root}/session/:id`, (c) => {
    const found = resourceOf(c);
    if ("code" in found) return turnAway(c, found);
    found.session[Symbol.dispose]();
    resources.remove(found.id);
    return c.body(null, 200);
  });

  app.all(`${root}/session/:id`, (c) => others(c, "DELETE, OPTIONS, PATCH"));

  function resourceOf(c: Context<AppEnv>) {
    const found = resources.find(c.req.param("id") ?? "", bearerOf(c));
    if (found === "forbidden") {
      const message = "Cannot change this session: send the token that made it";
      return { code: "unauthenticated", message } as const;
    }
    return found ?? { code: "not_found", message: "Cannot find this session: it is over" } as const;
  }
}

/** The answer that makes a session. */
export function created(
  c: Context<AppEnv>,
  { root, resource: { id, etag }, sdp, iceServers }: {
    readonly root: "/whep" | "/whip";
    readonly resource: Pick<Resource<MediaSession>, "id" | "etag">;
    readonly sdp: string;
    readonly iceServers: readonly IceServer[];
  },
): Response {
  linkIceServers(c, iceServers);
  c.header("location", `${c.env.publicAddress?.base ?? ""}${root}/session/${id}`);
  c.header("etag", etag);
  c.header("accept-patch", FRAGMENT_TYPE);
  c.header("content-type", SDP_TYPE);
  return c.body(sdp, 201);
}

/** Answers OPTIONS, and refuses the methods that an address does not have. */
export function others(c: Context<AppEnv>, methods: string): Response {
  if (c.req.method === "OPTIONS") return answerOptions(c, methods);
  c.header("allow", methods);
  const message = `Cannot ${c.req.method} here`;
  return turnAway(c, { code: "bad_request", status: 405, message });
}

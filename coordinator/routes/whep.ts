/**
 * WHEP (draft-ietf-wish-whep): a program that is no page of ours watches a room. POST with an offer makes a session,
 * PATCH brings later candidates, DELETE ends it.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppId, liveAppId, RoomId, StreamId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import { FRAGMENT_TYPE } from "../../protocol/sdp/fragment.ts";
import { MAX_LENGTH } from "../../protocol/sdp/sections.ts";
import type { AdmittedPlayer } from "../accounts/access.ts";
import {
  answerOptions,
  foreignPage,
  fragmentOf,
  type HttpRefusal,
  linkIceServers,
  offerOf,
  SDP_TYPE,
  turnAway,
} from "../http_signalling/http.ts";
import { HttpPlayer, type HttpPlayerPorts } from "../http_signalling/player.ts";
import type { Resources } from "../http_signalling/resources.ts";
import type { OriginRules } from "../listen/origin_check.ts";
import { isRefused, type Refused } from "../refusals.ts";
import type { Workers } from "../workers.ts";
import type { AppEnv } from "./app_env.ts";
import { bearerOf } from "./rest/router.ts";

/** Path of the sessions; each has its id after it. */
const SESSIONS = "/whep/session";

/** The services that {@linkcode whepRoutes} calls. */
export interface WhepServices extends HttpPlayerPorts {
  readonly pages: OriginRules;
  readonly workers: Workers;
  readonly watching: Resources<HttpPlayer>;
}

/** What the routes need of the control plane. */
export interface WhepControl {
  /** What the holder of a bearer token may do; without a token, what everybody may. */
  admit(token: string | undefined): Promise<Pick<AdmittedPlayer, "pass"> | Refused>;
  /** Whether a stream with this id begins or runs. */
  isStream(id: StreamId): boolean;
}

/** The routes of WHEP, to be mounted at `/`. */
export function whepRoutes(services: WhepServices, control: WhepControl): Hono<AppEnv> {
  const { watching, workers, pages } = services;
  const app = new Hono<AppEnv>();
  app.use("/whep/*", async (c, next) => {
    c.header("cache-control", "no-store");
    const foreign = foreignPage(c, pages);
    return foreign ? turnAway(c, foreign) : await next();
  });
  const limit = bodyLimit({
    maxSize: 4 * MAX_LENGTH,
    onError: (c) => turnAway(c, { code: "too_large", message: "Cannot read so long a body" }),
  });

  app.post("/whep/:target", limit, async (c) => {
    const { address, publicAddress } = c.env;
    if (!watching.admits(address)) {
      const message = "Cannot watch: too many sessions of this network";
      return turnAway(c, { code: "too_many", message });
    }
    const token = bearerOf(c);
    const admitted = await control.admit(token);
    if (isRefused(admitted)) return turnAway(c, admitted.refusal);
    const read = await offerOf(c, "watch");
    if ("code" in read) return turnAway(c, read);
    const room = roomOf(c.req.param("target"));
    if ("code" in room) return turnAway(c, room);
    const id = watching.newId();
    const { pass } = admitted;
    const ended = () => watching.remove(id);
    const session = new HttpPlayer(services, { address, pass, room: room.room_id, ended });
    const { ufrag } = read.offer.ice;
    const { etag } = watching.add({ id, session, ufrag, address, token });
    const joined = await session.join(read.text);
    if ("code" in joined) return turnAway(c, joined);
    linkIceServers(c, joined.iceServers);
    c.header("location", `${publicAddress?.base ?? ""}${SESSIONS}/${id}`);
    c.header("etag", etag);
    c.header("accept-patch", FRAGMENT_TYPE);
    c.header("content-type", SDP_TYPE);
    return c.body(joined.sdp, 201);
  });

  app.patch(`${SESSIONS}/:id`, limit, async (c) => {
    const found = resourceOf(c);
    if ("code" in found) return turnAway(c, found);
    const fragment = await fragmentOf(c, found);
    if ("code" in fragment) return turnAway(c, fragment);
    found.session.candidates(fragment.candidates);
    return c.body(null, 204);
  });

  app.delete(`${SESSIONS}/:id`, (c) => {
    const found = resourceOf(c);
    if ("code" in found) return turnAway(c, found);
    found.session[Symbol.dispose]();
    watching.remove(found.id);
    return c.body(null, 200);
  });

  app.all(`${SESSIONS}/:id`, (c) => others(c, "DELETE, OPTIONS, PATCH"));
  app.all("/whep/:target", (c) => others(c, "OPTIONS, POST"));
  return app;

  /** An open room, by its id or by that of its live picture or stream. */
  function roomOf(target: string): Room | HttpRefusal {
    const room = RoomId.safeParse(target);
    const app = AppId.safeParse(target);
    const stream = StreamId.safeParse(target);
    const found = room.data && workers.room(room.data) ||
      app.data && workers.liveRoom(app.data) ||
      stream.data && workers.liveRoom(liveAppId(stream.data));
    if (found) return found;
    if (stream.data && control.isStream(stream.data)) {
      return { code: "conflict", message: `Stream ${target} is not received yet` };
    }
    const message = `Cannot find a room or a live picture "${target.slice(0, 96)}"`;
    return { code: "not_found", message };
  }

  function resourceOf(c: Context<AppEnv>) {
    const found = watching.find(c.req.param("id") ?? "", bearerOf(c));
    if (found === "forbidden") {
      const message = "Cannot change this session: send the token that made it";
      return { code: "unauthenticated", message } as const;
    }
    return found ?? { code: "not_found", message: "Cannot find this session: it is over" } as const;
  }
}

function others(c: Context<AppEnv>, methods: string): Response {
  if (c.req.method === "OPTIONS") return answerOptions(c, methods);
  c.header("allow", methods);
  const message = `Cannot ${c.req.method} here`;
  return turnAway(c, { code: "bad_request", status: 405, message });
}

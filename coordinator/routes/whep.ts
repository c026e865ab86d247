/**
 * WHEP (draft-ietf-wish-whep): a program that is no page of ours watches a room. POST with an offer makes a session,
 * PATCH brings later candidates, DELETE ends it.
 *
 * @module
 */
import { Hono } from "hono";
import { AppId, liveAppId, RoomId, StreamId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { AdmittedPlayer } from "../accounts/access.ts";
import { type HttpRefusal, offerOf, turnAway } from "../http_signalling/http.ts";
import { HttpPlayer, type HttpPlayerPorts } from "../http_signalling/player.ts";
import type { Resources } from "../http_signalling/resources.ts";
import type { OriginRules } from "../listen/origin_check.ts";
import { isRefused, type Refused } from "../refusals.ts";
import type { Workers } from "../workers.ts";
import type { AppEnv } from "./app_env.ts";
import { bearerOf } from "./rest/router.ts";
import { created, LIMITED, others, sessionRoutes } from "./signalling.ts";

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
  sessionRoutes(app, { root: "/whep", pages, resources: watching });

  app.post("/whep/:target", LIMITED, async (c) => {
    const { address } = c.env;
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
    const resource = watching.add({ id, session, ufrag, address, token });
    const joined = await session.join(read.text, c.req.raw.signal);
    if ("code" in joined) return turnAway(c, joined);
    return created(c, { root: "/whep", resource, ...joined });
  });

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
}

/**
 * WHIP (RFC 9725): a program publishes a stream as a sender. POST with an offer begins it, PATCH brings later
 * candidates, DELETE ends it.
 *
 * @module
 */
import { Hono } from "hono";
import { SessionId } from "../../protocol/ids.ts";
import { offerOf, turnAway } from "../http_signalling/http.ts";
import { HttpPublisher } from "../http_signalling/publisher.ts";
import type { Resources } from "../http_signalling/resources.ts";
import type { Senders } from "../fleet/senders.ts";
import type { OriginRules } from "../listen/origin_check.ts";
import { isRefused } from "../refusals.ts";
import type { Ice } from "../secrets/ice.ts";
import type { Publishing } from "../streams/publishing.ts";
import type { AppEnv } from "./app_env.ts";
import { bearerOf } from "./rest/router.ts";
import { created, LIMITED, others, sessionRoutes } from "./signalling.ts";

/** The services that {@linkcode whipRoutes} calls. */
export interface WhipServices {
  readonly pages: OriginRules;
  readonly ice: Ice;
  readonly publishers: Resources<HttpPublisher>;
}

/** The routes of WHIP, to be mounted at `/`. */
export function whipRoutes(
  { pages, ice, publishers }: WhipServices,
  { senders, publishing }: { readonly senders: Senders; readonly publishing: Publishing },
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  sessionRoutes(app, { root: "/whip", pages, resources: publishers });

  app.post("/whip/:sender", LIMITED, async (c) => {
    const { address } = c.env;
    if (!publishers.admits(address)) {
      const message = "Cannot publish: too many sessions of this network";
      return turnAway(c, { code: "too_many", message });
    }
    const token = bearerOf(c);
    const sender = await senders.publisher(token ?? "");
    if (isRefused(sender)) return turnAway(c, sender.refusal);
    if (sender.sender_id !== c.req.param("sender")) {
      return turnAway(c, { code: "forbidden", message: "This key is of another sender" });
    }
    const read = await offerOf(c, "publish");
    if ("code" in read) return turnAway(c, read);
    const published = await publishing.publish(sender, {
      offer: read.text,
      iceServers: (stream) => ice.servers(SessionId.parse(stream)),
    });
    if (isRefused(published)) return turnAway(c, published.refusal);
    const id = publishers.newId();
    const session = new HttpPublisher(publishing, published, () => publishers.remove(id));
    const { ufrag } = read.offer.ice;
    const resource = publishers.add({ id, session, ufrag, address, token });
    const { answer: sdp, iceServers } = published;
    return created(c, { root: "/whip", resource, sdp, iceServers });
  });

  app.all("/whip/:sender", (c) => others(c, "OPTIONS, POST"));
  return app;
}

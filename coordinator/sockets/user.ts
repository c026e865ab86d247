/**
 * `/ws`, the leg of a player's browser. The coordinator passes each message to a service.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Refusal } from "../../protocol/envelope.ts";
import { type AppId, RoomId, WorkerId, ZoneId } from "../../protocol/ids.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import { type App, findApp } from "../../protocol/legs/room.ts";
import { FULL_PASS, type Pass } from "../domain/pass.ts";
import type { Session } from "../domain/player_session.ts";
import type { Holder } from "../../protocol/pass.ts";
import type { Recordings } from "../recordings/recordings.ts";
import type { ViewersFigures } from "../fleet/viewer_figures.ts";
import type { Library } from "../play/library.ts";
import type { Lobby } from "../play/lobby.ts";
import { refusal, toUserMessage, type Unanswered } from "../play/messages.ts";
import type { Negotiation } from "../play/negotiation.ts";
import { openRooms } from "../play/open_rooms.ts";
import type { Preconnections } from "../play/preconnections.ts";
import type { PlayerMessage, Relay } from "../play/relay.ts";
import type { Rights } from "../play/rights.ts";
import type { Sharing } from "../play/sharing.ts";
import { listOwn, openOwn, type OwnAnswer, removeOwn } from "../recordings/own_recordings.ts";
import type { Refused } from "../refusals.ts";
import type { Workers } from "../workers.ts";
import type { LegPorts, LegServer } from "./serve_leg.ts";

/** The services that the user leg calls. */
export interface UserServices {
  readonly lobby: Lobby;
  readonly negotiation: Negotiation;
  readonly preconnections: Preconnections;
  readonly relay: Relay;
  readonly sharing: Sharing;
  readonly workers: Workers;
  readonly recordings: Recordings;
  readonly library: Library;
  readonly figures: ViewersFigures;
  readonly rights: Rights;
  readonly offers: {
    /** Starts a live picture on offer; resolves when it is open. `undefined`: it is none, or it is open. */
    open(app: AppId): Promise<Refused | undefined> | undefined;
  };
}

/** How a player is let in. */
export interface UserLegOptions {
  readonly ports: LegPorts;
  readonly query: UserQuery;
  readonly pass: Pass;
}

const Query = z.object({
  room_id: z.optional(RoomId),
  zone: z.optional(ZoneId),
  worker_id: z.optional(WorkerId),
  resume: z.optional(z.string().check(z.maxLength(200))),
  preview: z.optional(z.enum(["yes", "small"])),
});
/** The query parameters of `/ws`: the player's wish and its resume token. */
export type UserQuery = z.infer<typeof Query>;

/** Reads the query of `/ws`. An empty parameter counts as absent. */
export function readUserQuery(params: URLSearchParams): UserQuery | Refusal {
  const given = [...params].filter(([, value]) => value !== "");
  const query = Query.safeParse(Object.fromEntries(given));
  if (query.success) return query.data;
  const names = query.error.issues.map(({ path }) => path.join("."));
  const message = `Cannot open a session: ${names.join(", ")} cannot be read. Check the link`;
  return { code: "query", message };
}

/** The leg as the coordinator serves it. */
export function userLegServer(
  services: UserServices,
  { ports, query, pass }: UserLegOptions,
): LegServer<FromUser, ToUser> {
  return {
    name: "user",
    incoming: fromUser,
    outgoing: toUser,
    mayOnlyListen: true,
    forPlayers: true,
    // Candidates and measurements come in bursts; while an app is played, few messages come.
    rate: { perSecond: 20, burst: 200 },
    open(connection) {
      const { lobby, negotiation, preconnections, relay, sharing, workers, library, figures } =
        services;
      const { offers, rights, recordings } = services;
      const opened = (app: AppId | undefined) =>
        app !== undefined && rights.mayStart(arrival.pass, app) ? offers.open(app) : undefined;
      const arrival = lobby.enter(connection, { query, pass });
      const inSession = <M extends Exclude<FromUser, { type: Unanswered }>>(
        run: (session: Session, message: M) => void,
      ) =>
      (message: M) => {
        if (arrival.session) return run(arrival.session, message);
        const text =
          `Cannot carry out ${message.type}: there is no session. Wait for session.ready`;
        connection.send(
          refusal(ports, { request: message, code: "session.none", message: text }),
        );
      };
      const relayed = inSession<PlayerMessage>((session, message) =>
        relay.toWorker(session, message)
      );
      const own = <M extends Extract<FromUser, { type: `recording${string}` }>>(
        answer: (holders: readonly Holder[], message: M) => OwnAnswer | Promise<OwnAnswer>,
      ) =>
        inSession<M>(async ({ pass: { holders } }, message) => {
          connection.send(toUserMessage(ports, await answer(holders, message)));
        });
      const handlers: Handlers<FromUser> = {
        "latency.check.response": ({ payload }) => arrival.measured(payload.results),
        "page.closing": () => arrival.pageClosing(),
        "page.hidden": ({ payload }) => arrival.pageHidden(payload.hidden),
        "webrtc.init": inSession((session, message) => negotiation.ask(session, message)),
        "webrtc.preconnect": inSession((session, message) => preconnections.ask(session, message)),
        "webrtc.restart": relayed,
        "webrtc.answer": relayed,
        "webrtc.candidate": relayed,
        "app.start": relayed,
        "app.quit": relayed,
        "recordings.list": own((holders, { id }) => listOwn(recordings, holders, id)),
        "recording.open": own((holders, { id, payload: { recording_id } }) =>
          openOwn(recordings, { holders, recording_id, id })
        ),
        "recording.remove": own((holders, { id, payload: { recording_id } }) =>
          removeOwn(recordings, { holders, recording_id, id })
        ),
        "session.figures": ({ payload }) => {
          if (arrival.session) figures.take(arrival.session, payload);
        },
        "share.create": inSession((session, message) => void sharing.create(session, message)),
        "share.list": inSession((session, message) => void sharing.list(session, message)),
        "share.revoke": inSession((session, message) => void sharing.revoke(session, message)),
        "workers.list": ({ id }) => {
          const payload = { workers: workers.choices() };
          connection.send(toUserMessage(ports, { id, type: "workers.list.response", payload }));
        },
        "rooms.list": ({ id }) => {
          const payload = { rooms: openRooms({ workers, rights }, arrival.pass) };
          connection.send(toUserMessage(ports, { id, type: "rooms.list.response", payload }));
        },
      };
      /** How often the player has asked for something to play, or for nothing any more. */
      let wishes = 0;
      return {
        receive(received) {
          const message = withPresentId(received, library.of({ pass: FULL_PASS }));
          if (message.type === "webrtc.init" || message.type === "app.quit") wishes += 1;
          const opening = isForApp(message) && opened(message.payload.app_id);
          if (!opening) return dispatch(handlers, message);
          const wish = wishes;
          void opening.then((refused) => {
            const problem = wish === wishes ? refused?.refusal : REPLACED;
            if (!problem) return dispatch(handlers, message);
            // A page takes the refusal of a place for that of its newest request.
            if (problem === REPLACED && message.type === "webrtc.init") return;
            connection.send(refusal(ports, { request: message, ...problem }));
          });
        },
        closed: () => arrival.left(),
        restart: (after_ms) =>
          void connection.send(toUserMessage(ports, { type: "restart", payload: { after_ms } })),
      };
    },
  };
}

const REPLACED: Refusal = {
  code: "conflict",
  message: "Cannot start this: the player asked for something else meanwhile",
};

type ForApp = Extract<FromUser, { type: "webrtc.init" | "app.start" }>;

/** Whether a message asks for a place or a start, and so may name an app. */
function isForApp(message: FromUser): message is ForApp {
  return message.type === "webrtc.init" || message.type === "app.start";
}

/** The message with the app's present id: a link may contain the id that an earlier release gave to the app. */
function withPresentId(message: FromUser, apps: readonly App[]): FromUser {
  if (!isForApp(message)) return message;
  const { app_id } = message.payload;
  const present = app_id && findApp(apps, app_id)?.app_id;
  if (!present || present === app_id) return message;
  return { ...message, payload: { ...message.payload, app_id: present } } as FromUser;
}

/**
 * `/ws`: browser ↔ coordinator. Query: `room_id`, `zone`, `worker_id`, `resume` (a resume token), `share` (the secret
 * of a share link), `browser` (a secret that the browser keeps), `preview` (`yes` or `small`: the dashboard shows a live picture).
 *
 * @module
 */
import * as z from "zod/mini";
import { RefusalPayload, reply } from "../envelope.ts";
import { AppId, PeerId, RecordingId, RoomId, Seat, SessionId, WorkerId, ZoneId } from "../ids.ts";
import { leg, type LegMessage, MAX_LIBRARY_LENGTH } from "../leg.ts";
import { Holder, LinkRole } from "../pass.ts";
import { Recording } from "../recording/recording.ts";
import { App, EndReason, Room } from "./room.ts";
import { ViewerFigures } from "./viewer_figures.ts";
import { Answer, Candidate, IceServer, Offer, Restart, RestartOffer, Sdp } from "./webrtc.ts";

const Empty = z.object({});

/** A room that was started, for its first player. */
export const Started = z.object({
  room: Room,
  seat: z.nullable(Seat),
  /** Whether it began at the state of `continue_from`; absent when the request had none. */
  continued: z.optional(z.boolean()),
});

/** A worker that a person can choose. */
export const WorkerChoice = z.object({
  worker_id: WorkerId,
  zone: ZoneId,
  name: z.string(),
  free_places: z.int(),
  places: z.int(),
  /** The address to which the browser measures the round trip; absent when the worker has none. */
  ping_url: z.optional(z.string()),
  /** The address of its media sockets; absent when it has none. */
  media_url: z.optional(z.string()),
});
export type WorkerChoice = z.infer<typeof WorkerChoice>;

/** Most rooms that are listed as being played. */
export const MOST_OPEN_ROOMS = 50;

/** A room that is being played and that a player may enter. */
export const OpenRoom = z.object({
  room_id: RoomId,
  app_id: AppId,
  title: z.string(),
  /** People with a seat, and without. */
  playing: z.int().check(z.gte(0)),
  watching: z.int().check(z.gte(0)),
  /** Seats that this player may take. */
  open_seats: z.int().check(z.gte(0)),
});
export type OpenRoom = z.infer<typeof OpenRoom>;

/** Round trips that a browser measures for each worker; the first includes the connection set-up and is dropped. */
export const PING_SAMPLES = 3;
/** A ping that takes longer counts as lost, in milliseconds. */
export const PING_LIMIT = 1111;

/** `/ws`: messages to a player's browser. */
export const toUser = leg({
  "latency.check": z.object({ workers: z.array(WorkerChoice) }),
  "session.ready": z.object({
    session_id: SessionId,
    /** Presented as `resume` in the query when the socket comes back. Secret to this browser. */
    resume_token: z.string(),
    worker: WorkerChoice,
    /** Round trip to the chosen worker in milliseconds; absent when it was not measured. */
    rtt_ms: z.optional(z.number()),
    ice_servers: z.array(IceServer),
    apps: z.array(App),
    /** The room of the link or of the resumed session; absent when there is none. */
    room: z.nullable(Room),
    /** True when an earlier session goes on: a running peer connection stays as it is. */
    resumed: z.boolean(),
  }),
  "webrtc.offer": Offer,
  "webrtc.candidate": Candidate,
  /**
   * The connection of `peer_id`, which the page holds already, serves the place, or `sdp` answers the player's own
   * offer, which came over HTTP. Otherwise the answer is an offer.
   */
  "webrtc.init.response": reply(z.object({ peer_id: PeerId, sdp: z.optional(Sdp) })),
  /** The offer of a connection to the worker's spare room process. */
  "webrtc.preconnect.response": reply(Offer),
  /** The worker does not hold the connection to its spare room process any more. */
  "webrtc.preconnect.ended": Empty,
  "webrtc.restart.response": reply(RestartOffer),
  "webrtc.answer.response": RefusalPayload,
  "webrtc.candidate.response": RefusalPayload,
  "app.start.response": reply(Started),
  "app.quit.response": reply(Empty),
  /** The recordings of this player, the newest first. */
  "recordings.list.response": reply(z.object({
    recordings: z.array(Recording).check(z.maxLength(200)),
  })),
  "recording.open.response": reply(z.object({ url: z.string().check(z.maxLength(600)) })),
  "recording.remove.response": reply(Empty),
  "workers.list.response": reply(z.object({ workers: z.array(WorkerChoice) })),
  "rooms.list.response": reply(z.object({
    rooms: z.array(OpenRoom).check(z.maxLength(MOST_OPEN_ROOMS)),
  })),
  "share.create.response": reply(z.object({
    /** Relative to the player's page: `/?room=…&share=…`. */
    path: z.string().check(z.maxLength(400)),
    expires_at: z.number(),
    share_id: Holder,
  })),
  /** The links to the room that work, the newest first. Their secrets are shown once, when they are made. */
  "share.list.response": reply(z.object({
    links: z.array(z.object({
      share_id: Holder,
      role: LinkRole,
      created_at: z.number(),
      expires_at: z.optional(z.number()),
    })).check(z.maxLength(100)),
  })),
  "share.revoke.response": reply(Empty),
  "room.changed": z.object({ room: Room }),
  "library.changed": z.object({ apps: z.array(App) }),
  "session.no_capacity": z.object({
    /** The zone in which the coordinator looked for a place; `null` when it looked in several or in none. */
    zone: z.nullable(ZoneId),
    /** The worker that the request named. */
    worker_id: z.optional(WorkerId),
    /** The number of suitable connected workers, all of them full; 0: there is none. */
    workers: z.int().check(z.gte(0)),
    /** How long the coordinator looked for a place, in milliseconds. */
    waited_ms: z.number(),
    /** The session waits on, and is the first to be tried when this is 1. Absent: it waits no longer. */
    position: z.optional(z.int().check(z.gte(1))),
    /** Nothing is full: so many connect to the room at once that the session's turn did not come in time. */
    crowded: z.optional(z.literal(true)),
  }),
  /** Another player waits for a place: this session loses its own at `ends_at` if its page stays hidden. */
  "session.place_wanted": z.object({ ends_at: z.number() }),
  /** The session now belongs to another worker; negotiate again. */
  "session.moved": z.object({ worker: WorkerChoice }),
  /** The worker of this room cannot be reached by the coordinator: does it still send to the page? */
  "room.unseen": z.object({ room_id: RoomId }),
  "session.ended": z.object({
    reason: EndReason,
    /** Error text of what crashed or failed, as its worker found it. */
    cause: z.optional(z.string()),
  }),
  /** The coordinator restarts; connect again after this many milliseconds. Media goes on. */
  "restart": z.object({ after_ms: z.number() }),
}, { maxLength: MAX_LIBRARY_LENGTH });
/** A message to a player's browser. */
export type ToUser = LegMessage<typeof toUser>;

/** `/ws`: messages of a player's browser. */
export const fromUser = leg({
  "latency.check.response": z.object({
    /** Milliseconds of each round trip in the order measured; empty when none came back. */
    results: z.array(
      z.object({ worker_id: WorkerId, samples_ms: z.array(z.number()).check(z.maxLength(8)) }),
    ).check(z.maxLength(256)),
  }),
  /** Requests a place and a peer connection, in the room of the link or in a new one. */
  "webrtc.init": z.object({
    room_id: z.optional(RoomId),
    app_id: z.optional(AppId),
    /** A room of this app, which may be closed: enter it while it runs, else take a place for a new one. */
    continue_from: z.optional(RoomId),
    /** The connection made in advance that the page holds. */
    peer_id: z.optional(PeerId),
  }),
  /** Requests a connection to the spare room process of the session's worker, before anything is chosen to play. */
  "webrtc.preconnect": Empty,
  /** The path of a connection may be dead, or the network has changed. */
  "webrtc.restart": Restart,
  "webrtc.answer": Answer,
  "webrtc.candidate": Candidate,
  "app.start": z.object({
    app_id: AppId,
    /** A room of this app: begin at the state that was saved when it was left, if it does not run any more. */
    continue_from: z.optional(RoomId),
  }),
  "app.quit": Empty,
  "recordings.list": Empty,
  /** Asks for the address of a recording of this player. */
  "recording.open": z.object({ recording_id: RecordingId }),
  "recording.remove": z.object({ recording_id: RecordingId }),
  "workers.list": Empty,
  /** Asks what is being played now. */
  "rooms.list": Empty,
  /** Asks for a share link to the room of this session. */
  "share.create": z.object({ role: LinkRole }),
  "share.list": Empty,
  /** Ends a link to the room of this session, and the visit of everybody who came by it. */
  "share.revoke": z.object({ share_id: Holder }),
  /** The figures of the page's pictures since its last report. There is no answer. */
  "session.figures": ViewerFigures,
  /** The page closes or loads again: unless its session is resumed within seconds, the session ends. */
  "page.closing": Empty,
  /** The player sees the page, or does not any more. */
  "page.hidden": z.object({ hidden: z.boolean() }),
});
/** A message of a player's browser. */
export type FromUser = LegMessage<typeof fromUser>;

/**
 * `/wso`: worker ↔ coordinator. A message of one player carries that player's `session_id`. The
 * coordinator adds it on the way to the worker, removes it on the way to the browser, and repeats the request's
 * envelope id.
 *
 * @module
 */
import * as z from "zod/mini";
import { STORAGE_REASONS } from "../disk/storage_fault.ts";
import { FAILSAFE_CAUSES, type FailsafeCause } from "../control/failsafe_causes.ts";
import { RefusalPayload, reply } from "../envelope.ts";
import {
  AppId,
  MAX_SEATS,
  PeerId,
  RecordingId,
  RoomId,
  Seat,
  SessionId,
  StreamId,
  UserId,
  WorkerId,
  ZoneId,
} from "../ids.ts";
import {
  EgressDestination,
  ForeignPorts,
  IngestCandidates,
  IngestEnded,
  IngestOffer,
  IngestStart,
  IngestStarted,
  IngestStats,
  MAX_DESTINATIONS_OF_STREAM,
} from "../field/ingest.ts";
import { leg, type LegMessage, MAX_LIBRARY_LENGTH } from "../leg.ts";
import { plainText } from "../plain_text.ts";
import { GapOffer } from "../recording/device.ts";
import { MOST_RECORDINGS, RecordAction, Recording } from "../recording/recording.ts";
import { PersonName } from "../room_state/components.ts";
import { App, EndReason, PassedOverList, Room } from "./room.ts";
import { Started } from "./user_leg.ts";
import { RoomOwner } from "../pass.ts";
import { MAX_PASS_LENGTH, PassProof } from "../signed_pass.ts";
import { Answer, Candidate, IceServer, Offer, Restart, RestartOffer, Sdp } from "./webrtc.ts";

/** A signed pass, see `signed_pass.ts`. */
const Pass = z.string().check(z.maxLength(MAX_PASS_LENGTH));
const ofSession = { session_id: SessionId };
const Session = z.object(ofSession);

/** What a worker needs to go on with a room of another one. */
export const TakeOver = z.object({
  room_id: RoomId,
  app_id: AppId,
  generation: z.int().check(z.gte(1), z.lte(999_999_999)),
  owner: RoomOwner,
  /** The seats that are kept for their sessions. */
  seats: z.array(z.object({
    session_id: SessionId,
    seat: Seat,
    further: z.optional(z.literal(true)),
  })).check(z.maxLength(MAX_SEATS)),
});
/** What a worker needs to go on with a room of another one. */
export type TakeOver = z.infer<typeof TakeOver>;

/** How often a worker reports its load, in milliseconds. */
export const WORKER_STATUS_PERIOD = 2_000;

/** 32 bytes, base64url without padding. */
const Nonce = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** A worker's answer to one player's request. */
function sessionReply<S extends z.ZodMiniObject>(answer: S) {
  return z.union([z.extend(RefusalPayload, ofSession), z.extend(answer, ofSession)]);
}

/** `/wso`: messages of a worker. */
export const fromWorker = leg({
  /** The first message. `credential` is the secret that the owner of the coordinator gave this worker. */
  "worker.hello": z.object({
    worker_id: WorkerId,
    credential: z.string().check(z.maxLength(256)),
    /** Made anew at each start of the worker: two programs with one id differ in it. */
    instance: z.optional(plainText(64)),
    /** Random; the coordinator's proof is for this hello alone (`protocol/legs/worker_proof.ts`). */
    nonce: z.optional(Nonce),
    name: plainText(80),
    zone: ZoneId,
    ping_url: z.optional(z.string().check(z.maxLength(400))),
    /** Where browsers open media sockets; absent: they cannot. */
    media_url: z.optional(z.string().check(z.maxLength(400))),
    /** How many rooms may run at once. */
    capacity: z.int().check(z.gte(0), z.lte(1000)),
    /** It drains: when it closes the rooms that are left, milliseconds since 1970. Absent: it opens rooms. */
    drains_until: z.optional(z.number()),
    apps: z.array(App).check(z.maxLength(2000)),
    /** Absent when no file was left out. */
    passed_over: z.optional(PassedOverList),
    /** Its folder of files that consoles need (BIOS), for its operators. */
    system_folder: z.optional(plainText(400)),
    /** The rooms that run; a restarted coordinator takes them over. */
    rooms: z.array(Room).check(z.maxLength(1000)),
    /** Sessions that hold a place, seated or not, by room, and what the newest pass of each follows from. */
    sessions: z.array(z.object({
      session_id: SessionId,
      room_id: z.nullable(RoomId),
      proof: z.optional(PassProof),
    })),
    /** Whom the rooms belong to; a room of a field stream has no owner here. */
    owners: z.optional(
      z.array(z.object({ room_id: RoomId, owner: RoomOwner })).check(z.maxLength(1000)),
    ),
    /** Names the store of its saves: workers with the same one go on with each other's rooms. Absent: it has its own. */
    saves_store: z.optional(plainText(80)),
    versions: z.object({ farpad: plainText(40), runtime: plainText(80) }),
    /** Absent: this worker takes no field streams. */
    ingest: z.optional(IngestOffer),
  }),
  "worker.status": z.object({
    /** Whole-machine CPU in percent of all cores. */
    cpu_percent: z.number(),
    memory_mb: z.number(),
    /** Places that are free right now. */
    free_places: z.int(),
    /** The reason that this worker cannot write saves and battery memory at present; absent when it can. */
    storage: z.optional(z.enum(STORAGE_REASONS)),
    /** Absent until the worker has looked at each of its ports once. */
    foreign_ports: z.optional(ForeignPorts),
  }),
  "webrtc.offer": z.extend(Offer, ofSession),
  "webrtc.candidate": z.extend(Candidate, ofSession),
  /**
   * The connection that the session holds serves its place, or `sdp` answers the offer of the request, with all
   * candidates. Otherwise the answer is an offer.
   */
  "webrtc.init.response": sessionReply(z.object({ peer_id: PeerId, sdp: z.optional(Sdp) })),
  /** The offer of a connection to the spare room process. */
  "webrtc.preconnect.response": sessionReply(Offer),
  "webrtc.restart.response": sessionReply(RestartOffer),
  "webrtc.answer.response": z.extend(RefusalPayload, ofSession),
  "webrtc.candidate.response": z.extend(RefusalPayload, ofSession),
  "app.start.response": sessionReply(Started),
  "app.quit.response": sessionReply(z.object({})),
  /** `active`: whether the room is being recorded now. */
  "room.record.response": reply(z.object({ active: z.boolean() })),
  /** All recordings on the disk of this worker, and those that are being made. */
  "recordings.changed": z.object({
    recordings: z.array(Recording).check(z.maxLength(MOST_RECORDINGS)),
    /** Bytes that they take, and that they may take. */
    used: z.number(),
    space: z.number(),
  }),
  /** `url`: the files of the recording are below it, for whoever knows it. */
  "recording.open.response": reply(z.object({ url: z.string().check(z.maxLength(600)) })),
  /** `url`: where the device sends the file; absent: it is here. */
  "recording.receive.response": reply(
    z.object({ url: z.optional(z.string().check(z.maxLength(600))) }),
  ),
  "recording.remove.response": reply(z.object({})),
  /** A player's media connection opened or closed; the player keeps the seat until the session ends. */
  "session.media": z.object({ ...ofSession, connected: z.boolean() }),
  /** The worker gave up a session by itself. */
  "session.ended": z.object({ ...ofSession, reason: EndReason, message: z.string() }),
  "room.opened": z.object({ room: Room, owner: z.optional(RoomOwner) }),
  "room.changed": z.object({ room: Room }),
  /** In a room with a vehicle: a request for its control seat, and what the driver made of it; for the audit log. */
  "seat.request": z.object({
    room_id: RoomId,
    outcome: z.enum(["asked", "given", "refused"]),
    requester: z.object({ session_id: SessionId, name: z.optional(PersonName) }),
    driver: z.object({ session_id: SessionId, name: z.optional(PersonName) }),
  }),
  /** A vehicle whose worker keeps its failsafe went into it; for the audit log. */
  "vehicle.failsafe": z.object({
    room_id: RoomId,
    cause: z.enum(Object.keys(FAILSAFE_CAUSES) as FailsafeCause[]),
  }),
  "room.closed": z.object({
    room_id: RoomId,
    reason: EndReason,
    message: z.string(),
    sessions: z.array(SessionId),
  }),
  "library.changed": z.object({
    apps: z.array(App),
    passed_over: z.optional(PassedOverList),
  }),
  /** All apps of which this worker keeps saves in a folder of its own: a player who comes back is sent to it. */
  "saves.changed": z.object({ apps: z.array(AppId).check(z.maxLength(2_000)) }),
  /** Answers `ingest.start` and repeats its id. */
  "ingest.started": IngestStarted,
  /** The refusal of `ingest.start`. */
  "ingest.start.response": z.extend(RefusalPayload, { stream_id: StreamId }),
  "ingest.update.response": reply(z.object({})),
  /** Once a second for each running ingest. */
  "ingest.stats": IngestStats,
  /** Receiving ended, by a request or by itself. */
  "ingest.ended": IngestEnded,
}, { maxLength: MAX_LIBRARY_LENGTH });
/** A message of a worker. */
export type FromWorker = LegMessage<typeof fromWorker>;

/** Sends a message of a worker; a response repeats the request's id, other messages get a new one. */
export type ToCoordinator = <T extends FromWorker["type"]>(
  type: T,
  payload: Extract<FromWorker, { type: T }>["payload"],
  id?: string,
) => void;

/** `/wso`: messages to a worker. */
export const toWorker = leg({
  "worker.hello.response": reply(z.object({
    worker_id: WorkerId,
    /** What the passes on this connection are signed with. */
    pass_key: z.string().check(z.maxLength(128)),
    /** Proves that the credential is one of this coordinator's. Absent when the hello has no nonce. */
    proof: z.optional(Nonce),
  })),
  /** The worker gives this session a place (in the room of `room_id`, when present) and sends an offer. */
  "webrtc.init": z.object({
    ...ofSession,
    room_id: z.optional(RoomId),
    app_id: z.optional(AppId),
    ice_servers: z.array(IceServer),
    /** The connection made in advance that the session holds. */
    peer_id: z.optional(PeerId),
    /** The player's own offer: the worker answers it and makes none. */
    offer: z.optional(Sdp),
    pass: Pass,
  }),
  /** The worker offers this session a connection to its spare room process. It is no place. */
  "webrtc.preconnect": z.object({ ...ofSession, ice_servers: z.array(IceServer), pass: Pass }),
  /** What this session may do from now on. */
  "session.pass": z.object({ ...ofSession, pass: Pass }),
  /** The worker offers a new path for this session's connection, which goes on meanwhile. */
  "webrtc.restart": z.extend(Restart, { ...ofSession, ice_servers: z.array(IceServer) }),
  "webrtc.answer": z.extend(Answer, ofSession),
  "webrtc.candidate": z.extend(Candidate, ofSession),
  "app.start": z.object({ ...ofSession, app_id: AppId, continue_from: z.optional(RoomId) }),
  "app.quit": Session,
  /** An operator asks for it. */
  "room.record": z.object({
    room_id: RoomId,
    action: RecordAction,
    fleet: z.optional(UserId),
  }),
  /** The worker makes an address at which a browser reads a recording. */
  "recording.open": z.object({ recording_id: RecordingId }),
  /** The worker takes a file that a device recorded: its size in bytes, and its SHA-256. */
  "recording.receive": z.object({
    recording: Recording,
    bytes: GapOffer.shape.bytes,
    sha256: GapOffer.shape.sha256,
  }),
  /** The worker deletes a recording. */
  "recording.remove": z.object({ recording_id: RecordingId }),
  /** The player will not come back: the worker frees the place. */
  "session.end": z.object({ ...ofSession, reason: EndReason }),
  "room.close": z.object({ room_id: RoomId, reason: EndReason }),
  /** Go on with a room of a worker that was lost, at its newest saved state; its sessions enter it next. */
  "room.take_over": TakeOver,
  /** The worker takes no new rooms and closes the rooms that are left at the deadline. */
  "worker.drain": z.object({ deadline_ms: z.number() }),
  /** The worker takes new rooms again, and the rooms that are left go on. */
  "worker.undrain": z.object({}),
  /** The worker binds the ports and receives. */
  "ingest.start": IngestStart,
  /** Changes the destinations of a running stream. */
  "ingest.update": z.object({
    stream_id: StreamId,
    destinations: z.array(EgressDestination).check(z.maxLength(MAX_DESTINATIONS_OF_STREAM)),
  }),
  /** Later candidates of the publisher of a stream. */
  "ingest.candidates": IngestCandidates,
  /** The worker frees the ports. It answers with `ingest.ended`, also when nothing ran. */
  "ingest.stop": z.object({ stream_id: StreamId, reason: z.string().check(z.maxLength(80)) }),
});
/** A message to a worker. */
export type ToWorker = LegMessage<typeof toWorker>;

/**
 * The coordinator's services behind fake wires, with scripted players and workers at the other ends. Their
 * messages go through the real legs.
 */
import { FULL_PASS } from "../../coordinator/domain/pass.ts";
import { createServices, type ServiceOptions } from "../../coordinator/services.ts";
import {
  type CredentialFile,
  WorkerCredentials,
} from "../../coordinator/secrets/worker_credentials.ts";
import { type LegServer, type Served, serveLeg } from "../../coordinator/sockets/serve_leg.ts";
import { readUserQuery, userLegServer } from "../../coordinator/sockets/user.ts";
import { workerLegServer } from "../../coordinator/sockets/worker.ts";
import { AppId, RoomId, WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { Decoded } from "../../protocol/leg.ts";
import { createLog } from "../../protocol/log.ts";
import type { App, Room } from "../../protocol/legs/room.ts";
import type { RoomOwner } from "../../protocol/pass.ts";
import { type FromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import { type FromWorker, type ToWorker, toWorker } from "../../protocol/legs/worker_leg.ts";
import { FakeClock } from "./clock.ts";
import { SeededRandom } from "./random.ts";
import { FakeWire } from "./wire.ts";

const BASE64URL = { alphabet: "base64url" } as const;

export const CREDENTIAL = "a worker's credential";

export const DUEL: App = {
  app_id: AppId.parse("duel"),
  title: "Paddle Duel",
  kind: "game",
  system: "NES",
  players: 2,
};

/** The credentials of a coordinator that accepts one credential of any worker, besides those that it makes. */
class SharedCredentials extends WorkerCredentials {
  override ownerOf(credential: string, worker: WorkerId): WorkerId | undefined {
    return credential === CREDENTIAL ? worker : super.ownerOf(credential, worker);
  }
}

function createMemoryFile(): CredentialFile {
  let text: string | undefined;
  return {
    read: () => text,
    write(next) {
      text = next;
      return Promise.resolve();
    },
  };
}

type Payload<M extends { type: string; payload: unknown }, T> = Extract<M, { type: T }>["payload"];
export type Hello = Payload<FromWorker, "worker.hello">;

/** The other end of one fake wire. */
export class FakeEnd<Out extends { type: string; payload: unknown }> {
  readonly wire = new FakeWire();
  readonly #served: Served;
  readonly #decode: (text: string) => Decoded<Out>;
  #read = 0;
  #sent = 0;

  constructor(
    open: (wire: FakeWire) => Served,
    decode: (text: string) => Decoded<Out>,
  ) {
    this.#decode = decode;
    this.#served = open(this.wire);
    this.wire.answersTo = this.#served;
  }

  /** Sends a message in an envelope of its own; returns the envelope's id. */
  send(type: string, payload: unknown, id = `m${++this.#sent}`): string {
    this.#served.text(JSON.stringify({ id, type, payload }));
    return id;
  }

  text(text: string): void {
    this.#served.text(text);
  }

  /** The socket drops. */
  drop(): void {
    this.#served.gone();
  }

  /** The messages since the last call, in order. */
  received(): Out[] {
    const texts = this.wire.sent.slice(this.#read);
    this.#read = this.wire.sent.length;
    return texts.map((text) => {
      const decoded = this.#decode(text);
      if (!decoded.ok) throw new Error(`${decoded.refusal.message}: ${text}`);
      return decoded.message;
    });
  }

  /** The types of the messages since the last call. */
  types(): string[] {
    return this.received().map(({ type }) => type);
  }

  /** The newest message of this type, of all that came; fails without one. */
  last<T extends Out["type"]>(type: T): Extract<Out, { type: T }> {
    const all = this.wire.sent.flatMap((text) => {
      const decoded = this.#decode(text);
      return decoded.ok ? [decoded.message] : [];
    });
    const found = all.findLast((message) => message.type === type);
    if (!found) throw new Error(`no ${type} among ${all.map((message) => message.type)}`);
    return found as Extract<Out, { type: T }>;
  }
}

export type FakeUser = FakeEnd<ToUser>;
export type FakeWorker = FakeEnd<ToWorker>;

export function helloOf(worker: string, change: Partial<Hello> = {}): Hello {
  return {
    worker_id: WorkerId.parse(worker),
    credential: CREDENTIAL,
    name: `Machine ${worker}`,
    zone: ZoneId.parse("frankfurt"),
    capacity: 1,
    apps: [DUEL],
    rooms: [],
    sessions: [],
    versions: { farpad: "1", runtime: "test" },
    ...change,
  };
}

export function roomOf(worker: string, room: string, change: Partial<Room> = {}): Room {
  return {
    room_id: RoomId.parse(room),
    app_id: DUEL.app_id,
    title: DUEL.title,
    worker_id: WorkerId.parse(worker),
    zone: ZoneId.parse("frankfurt"),
    state: "open",
    paused: false,
    seats: [],
    viewers: 0,
    width: 256,
    height: 240,
    frame_rate: 60,
    aspect: 4 / 3,
    opened_at: 0,
    ...change,
  };
}

/** The settings of the coordinator's services for a test; the clock is always the test's. */
export type FakeOptions = Partial<Omit<ServiceOptions, "clock">> & { readonly clock?: FakeClock };

export function createFakeCoordinator(
  { clock = new FakeClock(), random = new SeededRandom(), ...change }: FakeOptions = {},
) {
  const lines: string[] = [];
  const services = createServices({
    clock,
    random,
    log: createLog({ clock, sink: (line) => lines.push(line), level: "debug" }),
    ice: { stun: [], turnUrls: [], turnSecret: undefined },
    limits: {
      maxPerAddress: 100,
      perSecond: 100,
      origins: [],
      localOnly: false,
      onDefaultPort: false,
    },
    resumeKey: new Uint8Array(32).fill(7),
    credentials: new SharedCredentials({ file: createMemoryFile(), passed: [], clock, random }),
    ...change,
  });
  const open =
    <In extends { type: string; id: string }, Out>(server: LegServer<In, Out>) =>
    (wire: FakeWire) => serveLeg(server, { wire, address: "192.0.2.1", ports: services });

  /** A player's socket opens, with the query of its link. */
  function user(link: Record<string, string> = {}, pass = FULL_PASS): FakeUser {
    const query = readUserQuery(new URLSearchParams(link));
    if ("code" in query) throw new Error(query.message);
    const legServer: LegServer<FromUser, ToUser> = userLegServer(services, {
      ports: services,
      query,
      pass,
    });
    return new FakeEnd(open(legServer), toUser.decode);
  }

  /** A worker's socket opens; the worker sends nothing. */
  function stranger(): FakeWorker {
    return new FakeEnd(open(workerLegServer(services, { ports: services })), toWorker.decode);
  }

  /** A worker connects and sends its hello. */
  function worker(id = "w1", hello: Partial<Hello> = {}): FakeWorker {
    const end = stranger();
    end.send("worker.hello", helloOf(id, hello));
    return end;
  }

  return { clock, services, lines, user, stranger, worker };
}

/** A player asks for a place, in the room of its link or for the duel, and gets an offer. */
export function negotiate(
  user: FakeUser,
  worker: FakeWorker,
  payload: object = user.last("session.ready").payload.room ? {} : { app_id: DUEL.app_id },
) {
  user.send("webrtc.init", payload);
  const { session_id } = worker.last("webrtc.init").payload;
  const peer_id = `peer-${session_id}`;
  worker.send("webrtc.offer", { session_id, peer_id, sdp: "v=0 offer" });
  return { session_id, peer_id };
}

/** Why the newest request of a player for a place was refused; `undefined` when it was not. */
export function refusalOf(user: FakeUser) {
  const { payload } = user.last("webrtc.init.response");
  return "error" in payload ? payload.error : undefined;
}

/** Whom a room belongs to that is opened with this signed pass. */
export function ownerIn(pass: string): RoomOwner {
  const [body = ""] = pass.split(".");
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(body, BASE64URL))).owner;
}

/** A player plays in a room of its own. */
export function play(user: FakeUser, worker: FakeWorker, room: Room) {
  const peer = negotiate(user, worker, { app_id: DUEL.app_id });
  const { session_id } = peer;
  worker.send("session.media", { session_id, connected: true });
  const seats = [{ seat: 0, session_id, connected: true }];
  const id = user.send("app.start", { app_id: DUEL.app_id });
  const owner = ownerIn(worker.last("webrtc.init").payload.pass);
  worker.send("room.opened", { room: { ...room, seats }, owner });
  worker.send("app.start.response", { session_id, room: { ...room, seats }, seat: 0 }, id);
  return peer;
}

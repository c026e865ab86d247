/**
 * The rooms of a worker with fake room processes.
 *
 * @module
 */
import { AppId, type PeerId, RoomId, SessionId, WorkerId, ZoneId } from "../../../protocol/ids.ts";
import { createLog } from "../../../protocol/log.ts";
import type { App, Room } from "../../../protocol/legs/room.ts";
import type { FromWorker } from "../../../protocol/legs/worker_leg.ts";
import { type SessionPass, signPass } from "../../../protocol/signed_pass.ts";
import type { ToRoom } from "../../../worker/room/ipc.ts";
import type { RoomProcessListener } from "../../../worker/room_process.ts";
import { Rooms } from "../../../worker/rooms.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";

/** The key that signs the passes. */
export const KEY = "the key of this connection";
/** A player. */
export const ana = SessionId.parse("ana");
/** Another player. */
export const ben = SessionId.parse("ben");
/** The app of the library. */
export const app: App = {
  app_id: AppId.parse("duel"),
  title: "Duel",
  kind: "game",
  system: "NES",
  players: 2,
};

/** A room process that records what it receives. */
export interface FakeProcess {
  readonly listener: RoomProcessListener;
  readonly sent: ToRoom[];
  /** Whether it has precedence. */
  preferred: boolean;
  killed: boolean;
}

/** Rooms with fake processes. */
export function setup({ capacity = 2 } = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const processes: FakeProcess[] = [];
  const out: FromWorker[] = [];
  const rooms = new Rooms({
    clock,
    random,
    log: createLog({ clock, sink: () => {} }),
    capacity,
    settings: {
      workerId: "w1",
      zone: "here",
      extraAddresses: [],
      targetHeight: 448,
      savesFolder: "unused",
    },
    start: (listener) => {
      const process: FakeProcess = { listener, sent: [], preferred: false, killed: false };
      processes.push(process);
      return {
        pid: processes.length,
        sockets: { open: () => undefined },
        send: (message) => void process.sent.push(message),
        prefer: () => void (process.preferred = true),
        [Symbol.dispose]: () => void (process.killed = true),
      };
    },
    find: (id) =>
      id === "duel" ? { app, spec: { kind: "builtin", name: "paddle-duel" } } : undefined,
    report: (type, payload, id) =>
      void out.push({ id: id ?? "fresh", type, payload } as FromWorker),
    relay: (message) => void out.push(message),
    fieldRooms: { live: () => {}, packets: () => {}, closed: () => {}, gone: () => {} },
  });
  rooms.passKey = KEY;
  const init = (
    session: SessionId,
    room_id?: RoomId,
    change: Partial<SessionPass> = {},
    peer_id?: PeerId,
  ) => {
    const pass = signPass({
      session_id: session,
      room_id,
      role: "player",
      owner: { holder: `holder-of-${session}` },
      holders: [`holder-of-${session}`],
      expires_at: clock.epoch() + 1_000,
      ...change,
    }, KEY);
    rooms.receive({
      id: `init ${session}`,
      type: "webrtc.init",
      payload: {
        session_id: session,
        ice_servers: [],
        ...(room_id && { room_id }),
        ...(peer_id && { peer_id }),
        pass,
      },
    });
  };
  return { clock, rooms, processes, out, init };
}

/** The room of a process, as that reports it. */
export function roomOf(process: FakeProcess): Room {
  const configure = process.sent.find((m) => m.type === "configure")!;
  return {
    room_id: RoomId.parse(configure.settings.roomId),
    app_id: app.app_id,
    title: app.title,
    worker_id: WorkerId.parse("w1"),
    zone: ZoneId.parse("here"),
    state: "open",
    paused: false,
    seats: [],
    viewers: 1,
    width: 0,
    height: 0,
    frame_rate: 60,
    aspect: 1,
    opened_at: 0,
  };
}

/** The process reports its room as open. */
export function opened(process: FakeProcess): void {
  process.listener.message({ id: "o", type: "room.opened", payload: { room: roomOf(process) } });
}

/** The code of a refusal. */
export const codeOf = (message: FromWorker | undefined) =>
  (message?.payload as { error?: { code: string } } | undefined)?.error?.code;

/** The process reports that its room ended. */
export function closed(process: FakeProcess, session: SessionId): void {
  const { room_id } = roomOf(process);
  process.listener.message({
    id: "c",
    type: "room.closed",
    payload: { room_id, reason: "quit", message: "Everybody left", sessions: [session] },
  });
}

/**
 * A room with a fake clock, fake peers and fake sources, whose messages a test reads.
 *
 * @module
 */
import { memoryStore } from "../saves/memory_store.ts";
import { openSaves } from "../../../worker/saves/saves.ts";
import type { RefusalPayload } from "../../../protocol/envelope.ts";
import { AppId, SessionId } from "../../../protocol/ids.ts";
import type { App } from "../../../protocol/legs/room.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import type { MemoryTrouble } from "../../../protocol/room_state/components.ts";
import type { FromWorker } from "../../../protocol/legs/worker_leg.ts";
import { createLog } from "../../../protocol/log.ts";
import { ROOM_PROTOCOL, type Verb } from "../../../protocol/room_commands/verbs.ts";
import { decodeToPage, encodeFromPage } from "../../../protocol/room_commands/wire.ts";
import type { SessionPass } from "../../../protocol/signed_pass.ts";
import type { OpenRecording, RecordingReport } from "../../../worker/recording/ports.ts";
import { Room } from "../../../worker/room/room.ts";
import type { SessionMessage } from "../../../worker/room/room_state.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakePeer } from "../../fakes/peer.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { FAKE_INFO, FakeSourceHandle } from "../../fakes/source_handle.ts";

export const ana = SessionId.parse("ana");
export const ben = SessionId.parse("ben");
export const app: App = {
  app_id: AppId.parse("duel"),
  title: "Duel",
  kind: "game",
  system: "NES",
  players: 2,
  earlier_ids: [AppId.parse("old-duel")],
};
export const spec = { kind: "builtin", name: "paddle-duel" } as const;

export function openRoomScene(
  {
    openRecording,
    recordRefusal = () => undefined,
    generation,
    unwritable,
    unreadable,
    memoryTrouble,
    reading = () => Promise.resolve(),
  }: {
    readonly openRecording?: OpenRecording;
    readonly recordRefusal?: () => RefusalPayload | undefined;
    /** Why no save and no state of the room can be kept. */
    readonly unwritable?: () => Error | undefined;
    /** Why no state of a room can be read. */
    readonly unreadable?: () => Error | undefined;
    /** Ends once the newest save has been read. */
    readonly reading?: () => Promise<void>;
    readonly generation?: number;
    /** Why its cartridge's memory may not be the newest. */
    readonly memoryTrouble?: () => MemoryTrouble | undefined;
  } = {},
) {
  const clock = new FakeClock();
  const reported: FromWorker[] = [];
  const peers: FakePeer[] = [];
  const sources: FakeSourceHandle[] = [];
  const kept = new Map<string, Uint8Array>();
  const files = memoryStore();
  const stored = (state: Uint8Array | undefined) => state && { state };
  const recordings: RecordingReport[] = [];
  const pages = new Map<SessionId, FakePeer>();
  const announced = new Set<SessionId>();
  /** The sessions that have got a pass. */
  const admitted = new Set<SessionId>();
  /** Numbers that no other request of a test has. */
  let asked = 1_000_000;
  let ended = 0;
  function createPeer(...made: ConstructorParameters<typeof FakePeer>): FakePeer {
    const peer = new FakePeer(...made);
    peers.push(peer);
    return peer;
  }
  const room = new Room({
    roomId: "room_1",
    workerId: "w1",
    zone: "here",
    extraAddresses: ["127.0.0.1"],
    targetHeight: 448,
    savesFolder: "unused",
    recordings: { longest: 3_600_000 },
    holders: ["ana"],
    ...(generation && { generation }),
  }, {
    clock,
    random: new SeededRandom(),
    createPeer,
    createAnsweringPeer: createPeer,
    openSource: (options) => {
      const source = new FakeSourceHandle(options);
      sources.push(source);
      return source;
    },
    packetize: (frame) => ({ ...frame, payloads: [frame.data] }),
    ...(openRecording && { openRecording }),
    recordRefusal,
    ...(memoryTrouble && { memoryTrouble }),
    encodeScreenshot: () => Promise.resolve(Uint8Array.of(0xff, 0xd8)),
    recording: (report) => void recordings.push(report),
    saves: () => ({
      ...openSaves(files)(["usr_ana"]),
      write: (id, save) => {
        const fault = unwritable?.();
        if (fault) return Promise.reject(fault);
        const state = "state" in save ? save.state : save.packed;
        kept.set(id, state);
        return Promise.resolve({ id: "1", bytes: state.length });
      },
      newest: (id) => reading().then(() => stored(kept.get(id))),
      async *all(id) {
        const states = await Promise.resolve([kept.get(`${id} newer`), kept.get(id)]);
        yield* states.flatMap((state) => stored(state) ?? []);
      },
      writeRoom: async (id, room, { state }) => {
        const fault = unwritable?.();
        if (fault) throw fault;
        await kept.set(`${id} ${room}`, state);
      },
      ofRoom: (id, room) => {
        const fault = unreadable?.();
        return fault ? Promise.reject(fault) : Promise.resolve(stored(kept.get(`${id} ${room}`)));
      },
    }),
    log: createLog({ clock, sink: () => {} }),
    report: (type, payload, id) =>
      void reported.push({ id: id ?? "fresh", type, payload } as FromWorker),
    ended: () => void ended++,
  });
  const send = (type: SessionMessage["type"], payload: object) =>
    room.receive({ id: "ask", type, payload } as SessionMessage);
  const received = (type: FromWorker["type"]) =>
    reported.filter((message) => message.type === type);
  /** Connects a session's media and leaves its peer. */
  async function connect(session: SessionId): Promise<FakePeer> {
    if (!admitted.has(session)) admit(session, "watcher");
    send("webrtc.init", { session_id: session, ice_servers: [] });
    await clock.run(0);
    const offer = received("webrtc.offer").at(-1) as Extract<FromWorker, { type: "webrtc.offer" }>;
    send("webrtc.answer", { session_id: session, peer_id: offer.payload.peer_id, sdp: "answer" });
    await clock.run(0);
    peers.at(-1)!.listener.connected();
    pages.set(session, peers.at(-1)!);
    return peers.at(-1)!;
  }
  /** Asks the room as the page of a session that is connected. The answer, or the code of the refusal. */
  async function ask(session: SessionId, verb: Verb, body: object = {}): Promise<unknown> {
    if (verb !== "announce" && !announced.has(session)) {
      await ask(session, "announce", { protocol: ROOM_PROTOCOL });
    }
    announced.add(session);
    const peer = pages.get(session)!;
    const id = ++asked;
    peer.listener.message("commands", encodeFromPage({ type: "request", id, verb, body }));
    await clock.run(0);
    const answers = peer.messages.flatMap(({ channel, bytes }) =>
      channel === "commands" ? decodeToPage(bytes) ?? [] : []
    );
    const answer = answers.find((each) => each.type !== "publication" && each.id === id);
    if (answer?.type === "answer") return answer.answer;
    return answer?.type === "refusal" ? answer.error.code : undefined;
  }
  function admit(
    session: SessionId,
    role: RoomRole,
    more: Pick<SessionPass, "preview" | "layer"> = {},
  ): void {
    const pass = { session_id: session, role, owner: {}, holders: [session], expires_at: 0 };
    admitted.add(session);
    room.admit({ ...pass, ...more });
  }
  for (const each of [ana, ben]) admit(each, "player");
  function start(session: SessionId, role: RoomRole = "player"): FakeSourceHandle {
    admit(session, role);
    room.start({ id: `start ${session}`, session, app, spec });
    const source = sources.at(-1)!;
    if (received("room.opened").length === 0) source.options.listener.opened(FAKE_INFO);
    return source;
  }
  const ports = { clock, room, reported, received, send, peers, sources, kept, files, recordings };
  return { ...ports, admit, connect, ask, start, ended: () => ended };
}

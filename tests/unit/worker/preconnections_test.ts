import { deepEqual, equal, match } from "node:assert/strict";
import { PeerId, RoomId, SessionId } from "../../../protocol/ids.ts";
import { signPass } from "../../../protocol/signed_pass.ts";
import { MOST_PRECONNECTED } from "../../../worker/spare/preconnections.ts";
import { ana, ben, codeOf, KEY, roomOf, setup } from "../../support/stack/rooms_scene.ts";

const peer_id = PeerId.parse("peer_1");
const ROOM = RoomId.parse("room_1");

function scene(options?: Parameters<typeof setup>[0]) {
  const bench = setup(options);
  const preconnect = (session_id: SessionId, key = KEY) => {
    const expires_at = bench.clock.epoch() + 1_000;
    const holder = `holder-of-${session_id}`;
    const pass = signPass(
      { session_id, role: "host", owner: { holder }, holders: [holder], expires_at },
      key,
    );
    bench.rooms.receive({
      id: `preconnect ${session_id}`,
      type: "webrtc.preconnect",
      payload: { session_id, ice_servers: [], pass },
    });
  };
  const answer = (session_id: SessionId) =>
    bench.rooms.receive({
      id: "answer",
      type: "webrtc.answer",
      payload: { session_id, peer_id, sdp: "v=0" },
    });
  const sent = (process = 0) => bench.processes[process]!.sent.map(({ type }) => type);
  return { ...bench, preconnect, answer, sent };
}

Deno.test("[PRE1] a session is connected to the spare, and takes no place and is in no hello", () => {
  const { rooms, processes, out, preconnect, answer, sent } = scene();
  preconnect(ana);
  answer(ana);
  deepEqual(sent(), ["preconnect", "message"]);
  deepEqual([rooms.free, rooms.sessions, rooms.running], [2, [], []]);
  processes[0]!.listener.message({
    id: "preconnect ana",
    type: "webrtc.preconnect.response",
    payload: { session_id: ana, peer_id, sdp: "v=0" },
  });
  deepEqual(out.map(({ type }) => type), ["webrtc.preconnect.response"]);
});

Deno.test("[ROM38] the spare stays while a session is connected to it, and a request starts one", () => {
  const { clock, processes, preconnect, rooms } = scene();
  preconnect(ana);
  clock.advance(600_000);
  equal(processes[0]!.killed, false);
  rooms.receive({
    id: "end",
    type: "session.end",
    payload: { session_id: ana, reason: "left" },
  });
  clock.advance(30_000);
  equal(processes[0]!.killed, true);
  preconnect(ben);
  equal(processes.length, 2);
  deepEqual(processes[1]!.sent.map(({ type }) => type), ["preconnect"]);
});

Deno.test("[PRE4] the session that starts a room keeps its connection, in the room of the spare", () => {
  const { processes, preconnect, init } = scene();
  preconnect(ana);
  preconnect(ben);
  init(ana, undefined, {}, peer_id);
  const [first, , configure] = processes[0]!.sent;
  equal(first?.type === "preconnect" && configure?.type === "configure", true);
  if (first?.type !== "preconnect" || configure?.type !== "configure") return;
  equal(configure.settings.roomId, first.settings.roomId);
  equal(configure.keeps, "ana");
});

Deno.test("[PRE4] a session that does not name its connection gets another one", () => {
  const { processes, preconnect, init } = scene();
  preconnect(ana);
  init(ana);
  const configure = processes[0]!.sent.find(({ type }) => type === "configure");
  equal(configure?.type === "configure" && configure.keeps, undefined);
});

Deno.test("[PRE5] a session without a connection takes the spare as well, and nobody keeps a connection", () => {
  const { clock, processes, preconnect, answer, out, init, sent } = scene();
  preconnect(ana);
  init(ben);
  const configure = processes[0]!.sent.find(({ type }) => type === "configure");
  equal(configure?.type === "configure" && configure.keeps, undefined);
  answer(ana);
  equal(codeOf(out.at(-1)), "session.unknown");
  clock.advance(2_000);
  preconnect(ana);
  deepEqual(sent(1), ["preconnect"]);
});

Deno.test("[PRE4] a session that enters a room of another process loses its connection", () => {
  const { clock, processes, preconnect, init, sent } = scene();
  init(ben);
  clock.advance(2_000);
  preconnect(ana);
  init(ana, roomOf(processes[0]!).room_id);
  deepEqual(sent(1), ["preconnect", "message"]);
});

Deno.test("[PRE2] a wrong pass, a full worker and a draining one connect nobody in advance", () => {
  const { rooms, out, preconnect, init, sent } = scene({ capacity: 1 });
  preconnect(ana, "another key");
  equal(codeOf(out.at(-1)), "pass.invalid");
  init(ben);
  preconnect(ana);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  rooms.drain(1_000);
  preconnect(ana);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  equal(sent().includes("preconnect"), false);
});

Deno.test("[PRE3] a spare is offered to a few sessions, and again when one has gone", () => {
  const { processes, out, preconnect, sent } = scene();
  const all = Array.from({ length: MOST_PRECONNECTED + 1 }, (_, n) => SessionId.parse(`s${n}`));
  for (const session of all) preconnect(session);
  equal(sent().length, MOST_PRECONNECTED);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  processes[0]!.listener.message({
    id: "m",
    type: "session.media",
    payload: { session_id: all[0]!, connected: false },
  });
  preconnect(all.at(-1)!);
  equal(sent().length, MOST_PRECONNECTED + 1);
});

Deno.test("[PRE6] a spare that ends, a drain and a new connection to the coordinator end them all", () => {
  const ended = scene();
  ended.preconnect(ana);
  ended.processes[0]!.listener.gone({ reason: "crashed", how: "by signal SIGKILL" });
  deepEqual(ended.out.map(({ type, payload }) => [type, payload]), [
    ["session.media", { session_id: "ana", connected: false }],
  ]);
  for (const end of ["drain", "connect"] as const) {
    const { rooms, processes, preconnect } = scene();
    preconnect(ana);
    if (end === "drain") rooms.drain(1_000);
    else rooms.preconnections.dropAll();
    const last = processes[0]!.sent.at(-1);
    equal(last?.type === "message" && last.message.type, "session.end");
  }
});

Deno.test("[ROM26] what the spare says of sessions that are not connected to it, of rooms and of apps is not passed on", () => {
  const { processes, out, preconnect, rooms } = scene();
  preconnect(ana);
  const { listener } = processes[0]!;
  const media = (session_id: SessionId, connected = true) =>
    listener.message({ id: "m", type: "session.media", payload: { session_id, connected } });
  const payload = { sessions: [ana], reason: "operator" as const, message: "", room_id: ROOM };
  match(
    media(ben)?.fault ?? "",
    /^Refused session.media of the spare process: it names a session that/,
  );
  match(
    listener.message({ id: "m", type: "room.closed", payload })?.fault ?? "",
    /room.closed of the spare .* is no room yet/,
  );
  const saved = { id: "m", type: "saves.changed" as const, payload: { apps: [] } };
  match(listener.message(saved)?.fault ?? "", /saves.changed/);
  deepEqual(out, []);
  equal(media(ana), undefined);
  deepEqual(out.map(({ type }) => type), ["session.media"]);
  rooms.receive({ id: "end", type: "session.end", payload: { session_id: ana, reason: "left" } });
  equal(media(ana, false), undefined, "it may have said so before it was told");
  deepEqual(out.length, 1);
  listener.message({
    id: "preconnect ana",
    type: "webrtc.preconnect.response",
    payload: { session_id: ana, peer_id, sdp: "v=0" },
  });
  deepEqual(out.length, 2, "the coordinator waits for it");
});

import { openSaves } from "../../../../worker/saves/saves.ts";
import { memoryStore } from "../../../support/saves/memory_store.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { AppId, SessionId, StreamId } from "../../../../protocol/ids.ts";
import type { App } from "../../../../protocol/legs/room.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { LiveListener, LiveSource } from "../../../../worker/ingest/live_source.ts";
import type { OpenSourceOptions, SourceThread } from "../../../../worker/playback/source_handle.ts";
import { RoomHost } from "../../../../worker/room/host.ts";
import type { FromRoom } from "../../../../worker/room/ipc.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakePeer } from "../../../fakes/peer.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { FAKE_INFO, FakeSourceHandle } from "../../../fakes/source_handle.ts";

const app: App = {
  app_id: AppId.parse("duel"),
  title: "Duel",
  kind: "game",
  system: "NES",
  players: 2,
};
const ana = SessionId.parse("ana");

class FakeThread extends FakeSourceHandle implements SourceThread {
  readonly #closed = Promise.withResolvers<void>();
  readonly closed = this.#closed.promise;
  close = this.#closed.resolve;
}

class FakeLive extends FakeSourceHandle implements LiveSource {
  readonly tees: string[] = [];
  candidates: LiveSource["candidates"] = () => {};
  streamer: LiveSource["streamer"] = () => {};
  tee: LiveSource["tee"] = (state) => void this.tees.push(state);

  constructor(options: OpenSourceOptions, readonly live: LiveListener) {
    super(options);
  }
}

function setup() {
  const clock = new FakeClock();
  const sent: FromRoom[] = [];
  const exits: string[] = [];
  const threads: FakeThread[] = [];
  const lives: FakeLive[] = [];
  const passed: number[] = [];
  const host = new RoomHost({
    clock,
    random: new SeededRandom(),
    log: createLog({ clock, sink: () => {} }),
    createPeer: (options, listener) => new FakePeer(options, listener),
    createAnsweringPeer: (options, listener) => new FakePeer(options, listener),
    openStepped: (options) => {
      threads.push(new FakeThread(options));
      return threads.at(-1)!;
    },
    openLive: (options, live) => {
      lives.push(new FakeLive(options, live));
      return lives.at(-1)!;
    },
    pass: (packets) => void passed.push(packets.length),
    openRecording: () => Promise.reject(new Error("not recorded")),
    openSaves: () => openSaves(memoryStore()),
    stored: () => {},
    send: (message) => void sent.push(message),
    exit: (how) => void exits.push(how),
  });
  host.receive({
    type: "configure",
    settings: {
      roomId: "room_1",
      workerId: "w1",
      zone: "here",
      extraAddresses: [],
      targetHeight: 448,
      savesFolder: "unused",
    },
  });
  const play = () => {
    const pass = { session_id: ana, owner: {}, holders: [ana], expires_at: 0 };
    host.receive({ type: "pass", pass: { ...pass, role: "player" } });
    host.receive({
      type: "start",
      app,
      spec: { kind: "builtin", name: "paddle-duel" },
      message: { id: "a", type: "app.start", payload: { session_id: ana, app_id: app.app_id } },
    });
    threads[0]!.options.listener.opened(FAKE_INFO);
    return threads[0]!;
  };
  const receiveStream = () => {
    const stream = {
      stream_id: StreamId.parse("str_1"),
      title: "Box 7",
      transport: "srt",
      ports: [15_000],
      latency_ms: 200,
    } as const;
    host.receive({
      type: "ingest",
      app: { ...app, kind: "live" },
      spec: {
        kind: "ingest",
        stream: { ...stream, ports: [15_000] },
        address: "127.0.0.1",
        portRange: [15_000, 15_010],
        patience: 300,
      },
    });
    return lives[0]!;
  };
  const reported = () => sent.flatMap((each) => each.type === "message" ? [each.message.type] : []);
  return { clock, host, sent, passed, reported, exits, play, receiveStream };
}

Deno.test("[ROM8] the process of a closed room exits after its source has closed and its messages are sent", async () => {
  const { clock, host, reported, exits, play } = setup();
  const thread = play();
  deepEqual(reported(), ["room.opened", "app.start.response"]);
  host.receive({ type: "close", reason: "operator", message: "An operator closed the room" });
  await clock.run(900);
  equal(thread.disposed, true);
  deepEqual(exits, [], "the source may still write its memory");
  thread.close();
  await clock.run(100);
  deepEqual(exits, ["orderly"]);
});

Deno.test("[ROM8] the process waits at most one second for a source that does not close", async () => {
  const { clock, host, exits, play } = setup();
  play();
  host.receive({ type: "close", reason: "operator", message: "An operator closed the room" });
  await clock.run(1_100);
  deepEqual(exits, ["orderly"]);
});

Deno.test("[ROM19] a process exits at once when its parent has ended", () => {
  const spare = setup();
  spare.host.parentGone();
  deepEqual(spare.exits, ["at once"]);
});

Deno.test("[ING20] the reports of a field stream are sent to the worker with the number of viewers", () => {
  const { sent, receiveStream } = setup();
  const { live } = receiveStream();
  live.bound([15_002]);
  live.stats({ bitrate_kbps: 900 } as never);
  live.failed("Cannot listen again");
  const events = sent.flatMap((each) => each.type === "live" ? [each.event] : []);
  deepEqual(events.map(({ type }) => type), ["bound", "stats", "failed"]);
  ok(events[1]?.type === "stats");
  equal(events[1].stats.viewers, 0);
});

Deno.test("[ING16] a field room that closes before its first picture reports why", async () => {
  const { clock, host, sent, receiveStream, exits } = setup();
  receiveStream().live.bound([15_002]);
  host.receive({ type: "close", reason: "drained", message: "The worker is taken out of service" });
  await clock.run(1_100);
  const [closed] = sent.flatMap((each) =>
    each.type === "message" && each.message.type === "room.closed" ? [each.message.payload] : []
  );
  deepEqual(closed, {
    room_id: "room_1",
    sessions: [],
    reason: "drained",
    message: "The worker is taken out of service",
  });
  deepEqual(exits, ["at once"]);
});

Deno.test("[EGR4] a field stream's packets go to the worker, which turns them on and off", () => {
  const { host, passed, receiveStream } = setup();
  const { live, tees } = receiveStream();
  host.receive({ type: "tee", state: "on" });
  live.packets(new Uint8Array(188));
  host.receive({ type: "tee", state: "off" });
  deepEqual([tees, passed], [["on", "off"], [188]]);
});

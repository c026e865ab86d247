import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { IngestStart } from "../../../protocol/field/ingest.ts";
import { DestinationId, RoomId, StreamId } from "../../../protocol/ids.ts";
import { createLog } from "../../../protocol/log.ts";
import { type App, EndReason } from "../../../protocol/legs/room.ts";
import type { FromWorker } from "../../../protocol/legs/worker_leg.ts";
import { FieldStreams } from "../../../worker/field_streams.ts";
import type { LiveEvent } from "../../../worker/room/ipc.ts";
import type { IngestSpec } from "../../../worker/sources/ports.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";

const ROOM = RoomId.parse("room_1");
const STREAM = StreamId.parse("str_1");
const START: IngestStart = {
  stream_id: STREAM,
  title: "Box 7",
  transport: "srt",
  ports: [15_000],
  latency_ms: 200,
  psk: "0123456789abcdef",
  destinations: [],
};

function setup({ draining = false, v3xctrl = false } = {}) {
  const clock = new FakeClock();
  const reported: FromWorker[] = [];
  const kept: { app: App; spec: IngestSpec }[] = [];
  const closed: EndReason[] = [];
  const tees: string[] = [];
  const egresses = new Map<string, { written: number; killed: boolean }>();
  const killed: RoomId[] = [];
  let changes = 0;
  const fieldStreams = new FieldStreams({
    clock,
    random: new SeededRandom(),
    log: createLog({ clock, sink: () => {} }),
    settings: {
      host: "box.example.org",
      address: "0.0.0.0",
      portRange: [15_000, 15_010],
      patience: 300,
      v3xctrl,
    },
    rooms: {
      openField(what) {
        if (draining) return undefined;
        kept.push(what);
        return ROOM;
      },
      toRoom: (_, message) => void (message.type === "tee" && tees.push(message.state)),
      close: (_, reason) => void closed.push(reason),
      kill: (id) => void killed.push(id),
    },
    startEgress: ({ destination_id }) => {
      const egress = { written: 0, killed: false };
      egresses.set(destination_id, egress);
      return {
        write: (packets) => (egress.written += packets.length) > 0,
        [Symbol.dispose]: () => void (egress.killed = true),
      };
    },
    report: (type, payload, id) =>
      void reported.push({ id: id ?? "new", type, payload } as FromWorker),
    changed: () => void (changes += 1),
  });
  const start = (change: Partial<IngestStart> = {}, id = "r1") =>
    fieldStreams.start({ id, type: "ingest.start", payload: { ...START, ...change } });
  const bound = () => fieldStreams.live(ROOM, { type: "bound", ports: [15_002] });
  const stop = () =>
    fieldStreams.stop({
      id: "r2",
      type: "ingest.stop",
      payload: { stream_id: STREAM, reason: "user" },
    });
  const last = () => reported.at(-1);
  return {
    ...{ clock, reported, kept, closed, tees, egresses, killed },
    ...{ fieldStreams, start, bound, stop, last },
    changes: () => changes,
  };
}

/** The refusal that a message carries. */
function refusalOf(message: FromWorker | undefined): string {
  const { error } = message?.payload as { error?: { message: string } };
  return error?.message ?? "";
}

Deno.test("[ING13] a stream gets a room that is kept, and is in the library once its port is bound", () => {
  const { fieldStreams, start, bound, kept, changes } = setup();
  start();
  const { destinations: _, ...received } = START;
  deepEqual(kept[0]?.spec.stream, received, "the room gets no destination, which holds secrets");
  deepEqual([kept[0]?.app.kind, kept[0]?.app.players, kept[0]?.app.title], ["live", 0, "Box 7"]);
  deepEqual([fieldStreams.apps, fieldStreams.offer.running], [[], []]);
  bound();
  deepEqual(fieldStreams.apps, [kept[0]!.app]);
  deepEqual(fieldStreams.offer.running, [{ stream_id: STREAM, ports: [15_002], room_id: ROOM }]);
  equal(changes(), 1);
  equal(fieldStreams.find(kept[0]!.app.app_id)?.spec, kept[0]!.spec);
});

Deno.test("[ING25] SRT and RIST without a passphrase are refused, because anybody could send in its place", () => {
  const { start, kept, last } = setup();
  for (const transport of ["srt", "rist"] as const) {
    start({ transport, psk: undefined });
    match(refusalOf(last()), /has no passphrase/);
  }
  equal(kept.length, 0);
});

Deno.test("[ING14] a second start of the same stream is answered with the bound ports", () => {
  const { start, bound, kept, last } = setup();
  start();
  start({}, "r9");
  match(refusalOf(last()), /is starting or stopping/);
  bound();
  start({}, "r10");
  deepEqual([last()?.id, last()?.type], ["r10", "ingest.started"]);
  equal(kept.length, 1);
});

Deno.test("[ING14] a stream that this worker cannot receive is refused with the reason", () => {
  const other = setup();
  other.start({ transport: "rist", ports: [] });
  match(refusalOf(other.last()), /names no port/);
  const draining = setup({ draining: true });
  draining.start();
  match(refusalOf(draining.last()), /taken out of service/);
  deepEqual(draining.fieldStreams.offer.running, []);
});

Deno.test("[ING15] a stop closes the room, and the end is reported when its process has ended", () => {
  const { fieldStreams, start, bound, stop, closed, reported, last } = setup();
  start();
  bound();
  const before = reported.length;
  stop();
  deepEqual(closed, ["source_ended"]);
  equal(reported.length, before, "the ports are not free yet");
  fieldStreams.gone(ROOM, "with exit code 1");
  deepEqual(last()?.payload, {
    stream_id: STREAM,
    reason: "stopped",
    message: "It was stopped: user",
  });
  deepEqual(fieldStreams.offer.running, []);
});

Deno.test("[ING15] a room that does not end is killed", () => {
  const { clock, start, bound, stop, killed } = setup();
  start();
  bound();
  stop();
  clock.advance(1_900);
  deepEqual(killed, []);
  clock.advance(200);
  deepEqual(killed, [ROOM]);
});

Deno.test("[ING15] the stop of a stream that does not run is answered as ended", () => {
  const { stop, last } = setup();
  stop();
  equal(last()?.type, "ingest.ended");
});

Deno.test("[ING16] a process that ends by itself ends its stream as crashed", () => {
  const { fieldStreams, start, bound, last } = setup();
  start();
  bound();
  fieldStreams.gone(ROOM, "with exit code 1");
  deepEqual(last()?.payload, {
    stream_id: STREAM,
    reason: "crashed",
    message: "Its process ended with exit code 1",
  });
});

Deno.test("[ING16] a stream ends with the reason of its room", () => {
  const reasons = { operator: "stopped", drained: "drained", failed: "failed", stalled: "crashed" };
  for (const [reason, expected] of Object.entries(reasons)) {
    const { fieldStreams, start, bound, last } = setup();
    start();
    bound();
    fieldStreams.closed(ROOM, { reason: EndReason.parse(reason), message: "Because" });
    fieldStreams.gone(ROOM, "with exit code 1");
    deepEqual(last()?.payload, { stream_id: STREAM, reason: expected, message: "Because" });
  }
});

Deno.test("[ING17] a start that failed is reported once, in its answer", () => {
  const { fieldStreams, start, reported, last } = setup();
  start();
  fieldStreams.live(ROOM, { type: "failed", error: "Cannot listen" });
  deepEqual([last()?.id, last()?.type], ["r1", "ingest.start.response"]);
  equal(refusalOf(last()), "Cannot listen");
  fieldStreams.closed(ROOM, { reason: "failed", message: "Cannot listen" });
  fieldStreams.gone(ROOM, "with exit code 1");
  equal(reported.length, 1);
  start();
  ok(fieldStreams.find("live-str_1"), "it can be started again");
});

Deno.test("[ING17] a start whose room closes, or whose process ends, before it receives is answered with the reason", () => {
  for (const by of ["room", "process"] as const) {
    const { fieldStreams, start, reported } = setup();
    start();
    if (by === "room") {
      fieldStreams.closed(ROOM, {
        reason: "drained",
        message: "The worker is taken out of service",
      });
    }
    fieldStreams.gone(ROOM, "by signal SIGKILL");
    deepEqual(reported.map(({ id, type }) => [id, type]), [["r1", "ingest.start.response"]]);
    equal(
      refusalOf(reported[0]),
      by === "room" ? "The worker is taken out of service" : "Its process ended by signal SIGKILL",
    );
  }
});

Deno.test("[ING13] the answer to a start repeats its id and names the ports, before the library changes", () => {
  const { start, bound, reported, changes } = setup();
  start();
  bound();
  deepEqual(reported.map(({ id, type }) => [id, type]), [["r1", "ingest.started"]]);
  deepEqual(reported[0]?.payload, {
    stream_id: STREAM,
    ports: [15_002],
    room_id: ROOM,
    app_id: "live-str_1",
  });
  equal(changes(), 1);
});

Deno.test("[ING16] a stream that fails later ends as failed, with the room's reason", () => {
  const { fieldStreams, start, bound, last } = setup();
  start();
  bound();
  fieldStreams.live(ROOM, { type: "failed", error: "Cannot listen again" });
  fieldStreams.closed(ROOM, { reason: "failed", message: "another text" });
  fieldStreams.gone(ROOM, "with exit code 1");
  deepEqual(last()?.payload, {
    stream_id: STREAM,
    reason: "failed",
    message: "Cannot listen again",
  });
});

Deno.test("[ING20] figures are reported with the stream's id", () => {
  const { fieldStreams, start, bound, last } = setup();
  start();
  bound();
  const stats = { bitrate_kbps: 900 } as Extract<LiveEvent, { type: "stats" }>["stats"];
  fieldStreams.live(ROOM, { type: "stats", stats });
  deepEqual([last()?.type, last()?.payload], ["ingest.stats", {
    bitrate_kbps: 900,
    egress: [],
    stream_id: STREAM,
  }]);
});

const destination = (id: string) => ({
  destination_id: DestinationId.parse(id),
  url: "rtmp://live.example.org/app/SECRET",
});

Deno.test("[ING18] new destinations are sent to; for a stream that is not here they are refused", () => {
  const { fieldStreams, start, bound, tees, egresses, last } = setup();
  const update: Parameters<typeof fieldStreams.update>[0] = {
    id: "r5",
    type: "ingest.update",
    payload: { stream_id: STREAM, destinations: [destination("d1")] },
  };
  fieldStreams.update(update);
  match(refusalOf(last()), /not received here/);
  start();
  bound();
  fieldStreams.update(update);
  deepEqual(tees, ["off", "on"]);
  fieldStreams.packets(ROOM, new Uint8Array(188));
  deepEqual([...egresses], [["d1", { written: 188, killed: false }]]);
  deepEqual([last()?.id, last()?.payload], ["r5", {}]);
});

Deno.test("[EGR7] the end of a stream ends its destinations, and a later update starts none", () => {
  const ends: Record<string, (stream: ReturnType<typeof setup>) => void> = {
    "a stop": ({ stop }) => stop(),
    "a failure": ({ fieldStreams }) =>
      fieldStreams.live(ROOM, { type: "failed", error: "Cannot listen again" }),
    "a room that closed": ({ fieldStreams }) =>
      fieldStreams.closed(ROOM, { reason: "operator", message: "Because" }),
    "a room process that died": ({ fieldStreams }) => fieldStreams.gone(ROOM, "with exit code 1"),
    "the end of the worker": ({ fieldStreams }) => fieldStreams[Symbol.dispose](),
  };
  for (const [how, end] of Object.entries(ends)) {
    const stream = setup();
    const { fieldStreams, egresses, start, bound } = stream;
    start({ destinations: [destination("d1")] });
    bound();
    fieldStreams.packets(ROOM, new Uint8Array(188));
    end(stream);
    const payload = { stream_id: STREAM, destinations: [destination("d2")] };
    fieldStreams.update({ id: "r6", type: "ingest.update", payload });
    fieldStreams.packets(ROOM, new Uint8Array(188));
    deepEqual([...egresses], [["d1", { written: 188, killed: true }]], how);
  }
});

Deno.test("[WHP10] the answer to a publisher's offer is reported, and its stream is in the library without a port", () => {
  const { fieldStreams, start, last, kept, changes } = setup();
  start({ transport: "whip", ports: [], offer: "v=0" });
  equal(kept[0]?.spec.stream.offer, "v=0");
  fieldStreams.live(ROOM, { type: "bound", ports: [], answer: "v=0 answer" });
  const reported = last();
  equal(reported?.type === "ingest.started" && reported.payload.answer, "v=0 answer");
  equal(fieldStreams.apps.length, 1);
  deepEqual(fieldStreams.offer.running, [{ stream_id: STREAM, ports: [], room_id: ROOM }]);
  fieldStreams.live(ROOM, { type: "failed", error: "The connection failed", isLeft: true });
  fieldStreams.gone(ROOM, "as asked");
  const ended = last();
  equal(ended?.type === "ingest.ended" && ended.payload.reason, "left");
  deepEqual([fieldStreams.apps, changes()], [[], 2]);
});

Deno.test("[WHP10] a stream by WHIP without an offer is refused", () => {
  const { start, last } = setup();
  start({ transport: "whip", ports: [] });
  match(refusalOf(last()), /names no offer/);
});

Deno.test("[DRV24] the stream of a vehicle has one seat, and the port after that of its pictures", () => {
  const { fieldStreams, start, bound, kept, last } = setup();
  start({ drive: { secret: "ab".repeat(40) } });
  const { players, system, vehicle } = kept[0]!.app;
  deepEqual([players, system, vehicle], [1, "Vehicle", true]);
  deepEqual([...fieldStreams.ports], [15_000, 15_001]);
  bound();
  const message = last();
  equal(message?.type === "ingest.started" && message.payload.drive_port, 15_003);
  deepEqual([...fieldStreams.ports], [15_002, 15_003]);
  deepEqual(fieldStreams.offer.running[0]?.ports, [15_002]);
});

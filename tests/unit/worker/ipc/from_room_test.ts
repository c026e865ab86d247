import { deepEqual, doesNotThrow, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { AppId, RoomId, SessionId } from "../../../../protocol/ids.ts";
import type { FromWorker } from "../../../../protocol/legs/worker_leg.ts";
import { isAboutOthers, readFromRoom } from "../../../../worker/ipc/from_room.ts";
import vectors from "../../../vectors/legs.json" with { type: "json" };

const ID = "0197a1b2-c3d4-7000-8000-00000000000a";
const leg = vectors.fromWorker as Readonly<Record<string, readonly object[]>>;
const message = (type: string, payload: unknown) => ({
  type: "message",
  message: { id: ID, ts: "2026-01-01T00:00:00.000Z", type, payload },
});

/** The messages of the worker leg that no room sends. */
const WORKERS_OWN = [
  "worker.hello",
  "worker.status",
  "recordings.changed",
  "recording.open.response",
  "recording.receive.response",
  "recording.remove.response",
  "library.changed",
  "ingest.started",
  "ingest.start.response",
  "ingest.update.response",
  "ingest.stats",
  "ingest.ended",
];

for (const [type, payloads] of Object.entries(leg)) {
  const isOwn = WORKERS_OWN.includes(type);
  Deno.test(`[ROM26] a room ${isOwn ? "does not speak for" : "reports through"} its worker: ${type}`, () => {
    for (const payload of payloads) {
      const read = readFromRoom(message(type, payload));
      if (isOwn) ok("fault" in read);
      else {deepEqual(
          "message" in read && read.message.type === "message" && read.message.message.payload,
          payload,
        );}
    }
  });
}

for (
  const own of [
    { type: "ready" },
    { type: "alive", memory: 5 },
    { type: "live", event: { type: "bound", ports: [15_000], answer: "v=0" } },
    { type: "live", event: { type: "still", jpeg: "AAAA" } },
    { type: "live", event: { type: "failed", error: "The port is taken", isLeft: true } },
    { type: "store", request: 1, op: "list", key: "usr_ana/duel/" },
  ]
) {
  Deno.test(`[ROM26] ${JSON.stringify(own)} is read`, () => {
    deepEqual(readFromRoom(own), { message: own, length: 0 });
  });
}

for (
  const [what, value] of [
    ["nothing", null],
    ["text", "ready"],
    ["no type", {}],
    ["a type that is none", { type: "configure" }],
    ["memory that is no number", { type: "alive", memory: "much" }],
    ["a port that is none", { type: "live", event: { type: "bound", ports: [0] } }],
    ["too many ports", { type: "live", event: { type: "bound", ports: Array(99).fill(1) } }],
    ["a picture without end", { type: "live", event: { type: "still", jpeg: "A".repeat(1e6) } }],
    ["a recording of nothing", { type: "recording", about: {}, end: "stopped" }],
    ["a save out of its folder", { type: "store", request: 1, op: "get", key: "usr_a/../b" }],
    ["a message without envelope", { type: "message", message: {} }],
    [
      "a sentence without end",
      message("session.ended", { session_id: "ana", reason: "left", message: "x".repeat(1e6) }),
    ],
    ["a session that is no id", message("session.media", { session_id: 5, connected: true })],
  ] as const
) {
  Deno.test(`[ROM26] ${what} is no message of a room`, () => {
    const read = readFromRoom(value);
    match("fault" in read ? read.fault : "", /^(Cannot read|Refused) /);
  });
}

Deno.test("[ROM26] whatever a room says, reading it never throws", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    doesNotThrow(() => readFromRoom(value));
    doesNotThrow(() => readFromRoom({ type: "message", message: value }));
    doesNotThrow(() => readFromRoom({ type: "live", event: value }));
  }));
});

Deno.test("[ROM26] a room sends messages about itself and its own sessions alone", () => {
  const [room, other] = ["room_1", "room_2"].map((id) => RoomId.parse(id)) as [RoomId, RoomId];
  const apps = new Set([AppId.parse("duel")]);
  const isElsewhere = (session: SessionId) => session === "ben";
  const foreign = (type: string, payload: object) =>
    isAboutOthers({ id: ID, type, payload } as FromWorker, { room, apps, isElsewhere });
  equal(foreign("session.ended", { session_id: "ana", reason: "left", message: "" }), false);
  equal(foreign("session.ended", { session_id: "ben", reason: "left", message: "" }), true);
  const end = { room_id: room, reason: "left", message: "" };
  equal(foreign("room.closed", { ...end, sessions: ["ana"] }), false);
  equal(foreign("room.closed", { ...end, sessions: ["ana", "ben"] }), true);
  equal(foreign("room.closed", { ...end, room_id: other, sessions: [] }), true);
  equal(foreign("room.changed", { room: { room_id: other } }), true);
  equal(foreign("saves.changed", { apps: ["duel"] }), false);
  equal(foreign("saves.changed", { apps: ["duel", "pong"] }), true);
});

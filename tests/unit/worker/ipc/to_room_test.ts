import { deepEqual, doesNotThrow, match, throws } from "node:assert/strict";
import fc from "fast-check";
import { readStepped } from "../../../../worker/ipc/source_spec.ts";
import { readToRoom } from "../../../../worker/ipc/to_room.ts";
import vectors from "../../../vectors/legs.json" with { type: "json" };

const ID = "0197a1b2-c3d4-7000-8000-00000000000a";
const leg = vectors.toWorker as Readonly<Record<string, readonly object[]>>;
const envelope = (type: string) => ({
  id: ID,
  ts: "2026-01-01T00:00:00.000Z",
  type,
  payload: leg[type]![0],
});
const settings = {
  roomId: "room_1",
  workerId: "w1",
  zone: "here",
  extraAddresses: ["127.0.0.1"],
  portRange: [40_000, 40_100],
  targetHeight: 448,
  savesFolder: "/saves",
  holders: ["brw_ana"],
};
const app = { app_id: "duel", title: "Duel", kind: "game", system: "NES", players: 2 };
const { destinations: _, ...stream } = leg["ingest.start"]![0] as { destinations: unknown };
const ingest = { kind: "ingest", stream, address: "::", portRange: [1, 2], patience: 10 };
const specs = [
  { kind: "jsnes", rom: "/a.nes", saves: "/saves", buttons: { a: "b" } },
  {
    kind: "libretro",
    core: "/c.so",
    rom: "/a.sfc",
    system: "/s",
    options: { model: "1" },
    seats: 5,
  },
  { kind: "builtin", name: "paddle-duel" },
  { kind: "pattern", width: 64, height: 48, frameRate: 60, rotation: 1 },
  { kind: "pattern-file", path: "/p.json" },
  ingest,
];
const start = { type: "start", message: envelope("app.start"), app };

const MESSAGES: readonly object[] = [
  { type: "configure", settings, keeps: "ana" },
  { type: "preconnect", settings, message: envelope("webrtc.preconnect") },
  ...["webrtc.init", "webrtc.answer", "webrtc.candidate", "session.end"].map((type) => ({
    type: "message",
    message: envelope(type),
  })),
  {
    type: "pass",
    pass: { session_id: "ana", role: "host", owner: {}, holders: ["brw_ana"], expires_at: 5 },
  },
  ...specs.map((spec) => ({ ...start, spec })),
  { type: "take_over", app, spec: specs[0], seats: [{ session_id: "ana", seat: 1 }] },
  { type: "stored", request: 1, files: [{ key: "brw_ana/duel/1.save", size: 5, changed: 7 }] },
  { type: "stored", request: 2, error: "The store did not answer" },
  { type: "record", action: "stop", owner: {}, reason: "space_used" },
  { type: "memory", trouble: "unseen" },
  { type: "memory" },
  { type: "record_space", refusal: { error: { code: "record.space", message: "Full" } } },
  { type: "record_space" },
  { type: "close", reason: "drained", message: "This worker is being taken out of service" },
  { type: "ingest", app, spec: ingest },
  { type: "candidates", candidates: ["candidate:1"] },
  { type: "tee", state: "on" },
];

for (const [n, message] of MESSAGES.entries()) {
  Deno.test(`[ROM26] a room reads its worker: ${n} ${JSON.stringify(message).slice(0, 60)}`, () => {
    deepEqual(readToRoom(message), { message });
  });
}

Deno.test("[ROM26] what a later release of the worker adds to settings and sources is no fault", () => {
  const message = { type: "configure", settings: { ...settings, later: { more: 1 } } };
  deepEqual(readToRoom(message), { message });
  const started = { ...start, spec: { ...specs[1], later: 1 } };
  deepEqual(readToRoom(started), { message: started });
});

for (
  const [what, value] of [
    ["nothing", null],
    ["an unknown type", { type: "ready" }],
    ["settings without a room", {
      type: "configure",
      settings: { ...settings, roomId: undefined },
    }],
    ["a port that is none", {
      type: "configure",
      settings: { ...settings, portRange: [1, 70_000] },
    }],
    ["a source of no kind", { ...start, spec: { kind: "vhs", rom: "/a" } }],
    ["another message to start", { ...start, message: envelope("session.end"), spec: specs[0] }],
    ["a message of no leg", {
      type: "message",
      message: { id: ID, type: "app.save", payload: {} },
    }],
    ["a pass without a role", {
      type: "pass",
      pass: { session_id: "ana", owner: {}, holders: ["a"] },
    }],
  ] as const
) {
  Deno.test(`[ROM26] ${what} is no message of the worker`, () => {
    const read = readToRoom(value);
    match("fault" in read ? read.fault : "", /^Cannot read a message of the worker/);
  });
}

Deno.test("[ROM26] whatever a worker says, reading it never throws", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    doesNotThrow(() => readToRoom(value));
    doesNotThrow(() => readToRoom({ type: "message", message: value }));
    doesNotThrow(() => readToRoom({ type: "configure", settings: value }));
  }));
});

Deno.test("[CVR1] a process that makes a cover reads the game that it is to run, and takes nothing else", () => {
  for (const spec of specs) {
    const text = JSON.stringify(spec);
    if (spec === ingest) throws(() => readStepped(text), /none that this release knows/);
    else deepEqual(readStepped(text), spec);
  }
  for (const text of ["", "{", "null", '{"kind":"libretro","rom":7}', '{"kind":"shell"}']) {
    throws(() => readStepped(text), /none that this release knows/);
  }
});

import { deepEqual, equal } from "node:assert/strict";
import { AppId, RoomId, type SessionId } from "../../../protocol/ids.ts";
import { type SessionPass, signPass } from "../../../protocol/signed_pass.ts";
import type { IngestSpec } from "../../../worker/sources/ports.ts";
import { ana, app, codeOf, KEY, opened, setup } from "../../support/stack/rooms_scene.ts";

const LIVE = AppId.parse("live-str");
const spec = { kind: "ingest", stream: { stream_id: "str" } } as unknown as IngestSpec;

/** A worker that receives a live picture, with a session in its room by the app alone. */
function scene() {
  const made = setup();
  const { rooms, clock } = made;
  const field = rooms.openField({ app: { ...app, app_id: LIVE, kind: "live" }, spec })!;
  const signed = (session_id: SessionId, change: Partial<SessionPass>) =>
    signPass({
      ...{ session_id, role: "watcher", owner: {}, holders: ["h"] },
      expires_at: clock.epoch() + 1_000,
      ...change,
    }, KEY);
  const ask = (change: Partial<SessionPass>, app_id?: AppId) =>
    rooms.receive({
      ...{ id: "i", type: "webrtc.init" },
      payload: {
        ...{ session_id: ana, ice_servers: [], pass: signed(ana, change) },
        ...(app_id && { app_id }),
      },
    });
  const tell = (change: Partial<SessionPass>, session = ana) =>
    rooms.receive({
      ...{ id: "p", type: "session.pass" },
      payload: { session_id: session, pass: signed(session, change) },
    });
  ask({ app_id: LIVE }, LIVE);
  const [process] = made.processes;
  const roles = () =>
    process!.sent.flatMap((message) => message.type === "pass" ? [message.pass.role] : []);
  return { ...made, field, ask, tell, roles };
}

Deno.test("[PAS23] a pass for a new room makes nobody host of the live picture in which the session is", () => {
  const { rooms, processes, ask, roles, clock } = scene();
  deepEqual(roles(), ["watcher"]);
  clock.advance(2_000);
  ask({ role: "host", app_id: app.app_id }, app.app_id);
  deepEqual(roles(), ["watcher"]);
  // It has a room of its own.
  equal(processes[0]!.sent.at(-1)?.type, "message");
  equal(rooms.sessions.length, 1);
  equal(processes[1]!.sent[0]?.type, "configure");
});

Deno.test("[PAS23] a pass that names another room, or none, changes nothing in a live picture", () => {
  const { tell, roles, field } = scene();
  tell({ role: "host" });
  tell({ role: "host", room_id: RoomId.parse("room_other") });
  deepEqual(roles(), ["watcher"]);
  tell({ role: "player", app_id: LIVE });
  tell({ role: "host", room_id: field });
  deepEqual(roles(), ["watcher", "player", "host"]);
});

Deno.test("[PAS23] a pass of another room that comes late changes nothing in a room of players", () => {
  const { processes, ask, tell } = scene();
  ask({ app_id: app.app_id }, app.app_id);
  const mine = processes[1]!;
  const before = mine.sent.length;
  tell({ role: "host", room_id: RoomId.parse("room_other") });
  equal(mine.sent.length, before);
  tell({ role: "host" });
  equal(mine.sent.length, before + 1);
});

Deno.test("[PAS23] a pass of a session that has left is no message that needs an answer", () => {
  const { out, tell } = scene();
  const before = out.length;
  tell({ role: "player" }, "ben" as SessionId);
  equal(out.length, before);
  deepEqual(out.map(codeOf).filter(Boolean), []);
});

Deno.test("[PAS23] a session in its own room stays there with a pass that names no room yet", () => {
  const { processes, init, clock } = setup();
  init(ana);
  opened(processes[0]!);
  clock.advance(2_000);
  init(ana, undefined, { role: "host" });
  equal(processes[1]!.sent.length, 0);
  equal(processes[0]!.sent.at(-1)?.type, "message");
});

import { deepEqual } from "node:assert/strict";
import { SessionId } from "../../../../protocol/ids.ts";
import { MAX_CONNECTING } from "../../../../worker/room/admission/admission.ts";
import { FAKE_INFO } from "../../../fakes/source_handle.ts";
import { ana, app, ben, openRoomScene as setup, spec } from "../../../support/media/room_scene.ts";

Deno.test("[MOV1] a room of another worker begins at its newest state, and seats wait for their sessions", async () => {
  const { clock, room, kept, sources, admit, received } = setup({ generation: 1 });
  kept.set("duel room_1", Uint8Array.of(7));
  room.takeOver({ app, spec, seats: [{ session_id: ana, seat: 1 }] });
  admit(ben, "player");
  admit(ana, "player");
  room.start({ id: "b", session: ben, app, spec });
  sources[0]!.options.listener.opened(FAKE_INFO);
  await clock.run(0);
  room.start({ id: "a", session: ana, app, spec });
  deepEqual(sources[0]!.deeds, ["load 07"]);
  const answers = received("app.start.response").map(({ payload }) => payload as { seat: number });
  deepEqual(answers.map(({ seat }) => seat), [0, 1]);
});

Deno.test("[MOV5] a room of another worker without a state that can be loaded closes with the reason", async () => {
  const { clock, room, sources, received } = setup({ generation: 1 });
  room.takeOver({ app, spec, seats: [] });
  sources[0]!.options.listener.opened(FAKE_INFO);
  await clock.run(0);
  const { room_id, reason } = received("room.closed")[0]!.payload as Record<string, string>;
  deepEqual([room_id, reason], ["room_1", "failed"]);
});

Deno.test("[MOV1] [ROM25] in a moved room those for whom a seat waits connect before the others", async () => {
  const { clock, room, admit, send, received, peers } = setup({ generation: 1 });
  room.takeOver({ app, spec, seats: [{ session_id: ana, seat: 1 }] });
  const others = Array.from(
    { length: MAX_CONNECTING + 1 },
    (_, n) => SessionId.parse(`other-${n}`),
  );
  for (const session of [...others, ana]) {
    admit(session, "player");
    send("webrtc.init", { session_id: session, ice_servers: [] });
  }
  await clock.run(0);
  send("webrtc.answer", { ...received("webrtc.offer")[0]!.payload, sdp: "answer" });
  await clock.run(0);
  peers[0]!.listener.connected();
  await clock.run(0);
  const offered = received("webrtc.offer").map(({ payload }) => payload as { session_id: string });
  deepEqual(offered.map(({ session_id }) => session_id), [...others.slice(0, MAX_CONNECTING), ana]);
  room[Symbol.dispose]();
});

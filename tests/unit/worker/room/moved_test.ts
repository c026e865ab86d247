import { deepEqual } from "node:assert/strict";
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

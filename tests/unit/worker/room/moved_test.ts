import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../protocol/ids.ts";
import type { Room } from "../../../../protocol/legs/room.ts";
import { MAX_CONNECTING } from "../../../../worker/room/admission/admission.ts";
import { UnreadableSave } from "../../../../worker/saves/save_file.ts";
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

/** What a room of another worker reports of itself when it opens, if it does. */
async function opened(
  { state, refuses = false, ...options }: Parameters<typeof setup>[0] & {
    readonly state?: Uint8Array;
    readonly refuses?: boolean;
  },
) {
  const scene = setup({ generation: 1, ...options });
  if (state) scene.kept.set("duel room_1", state);
  scene.room.takeOver({ app, spec, seats: [] });
  const source = scene.sources[0]!;
  source.refuses = refuses;
  source.options.listener.opened(FAKE_INFO);
  await scene.clock.run(0);
  const [report] = scene.received("room.opened");
  return { ...scene, source, shown: (report?.payload as { room: Room } | undefined)?.room };
}

Deno.test("[MOV5] a room of another worker without a state begins anew and says so", async () => {
  const { shown, received } = await opened({});
  deepEqual([shown?.began_anew, shown?.resumed_age_ms], ["no_state", undefined]);
  deepEqual(received("room.closed"), []);
});

Deno.test("[MOV5] a state that the core refuses is not loaded in part: the game begins anew, and the state stays", async () => {
  const { shown, source, kept, clock } = await opened({ state: Uint8Array.of(7), refuses: true });
  equal(shown?.began_anew, "unusable");
  deepEqual(source.deeds, ["load 07", "reset"]);
  await clock.run(0);
  deepEqual(kept.get("duel room_1"), Uint8Array.of(7));
});

Deno.test("[MOV5] a damaged state counts as one that cannot be loaded", async () => {
  const unreadable = () => new UnreadableSave("Cannot read the save: the file is damaged");
  equal((await opened({ unreadable })).shown?.began_anew, "unusable");
});

Deno.test("[MOV5] a room whose saves cannot be reached closes with the reason, and nothing replaces its state", async () => {
  const unreadable = () => new Error("The store of saves did not answer within 2.5 s");
  const { received, kept, shown } = await opened({ state: Uint8Array.of(7), unreadable });
  const { room_id, reason } = received("room.closed")[0]!.payload as Record<string, string>;
  deepEqual([room_id, reason, shown], ["room_1", "failed", undefined]);
  deepEqual(kept.get("duel room_1"), Uint8Array.of(7));
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

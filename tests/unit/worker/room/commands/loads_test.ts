import { deepEqual, equal } from "node:assert/strict";
import { RoomPage } from "../../../../support/room/room_page.ts";
import { ana, app, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { load, type Running } from "../../../../../worker/room/verbs.ts";

Deno.test("[SAV22] of several loads in a room one is unpacked at a time, and a refused one holds up none", async () => {
  const begun: string[] = [];
  const going = new Map<string, (found: undefined) => void>();
  const running = {
    app: { app_id: "duel" },
    playback: {},
    saves: {
      load: (_: string, id: string) => {
        begun.push(id);
        if (id === "damaged") return Promise.reject(new Error("Damaged"));
        return new Promise<undefined>((resolve) => going.set(id, resolve));
      },
    },
  } as unknown as Running;
  const ask = (id: string) => load(running, id as never);
  const answers = ["first", "damaged", "last"].map(ask);
  await Promise.resolve();
  deepEqual(begun, ["first"]);
  going.get("first")!(undefined);
  await answers[1];
  await Promise.resolve();
  deepEqual(begun, ["first", "damaged", "last"]);
  going.get("last")!(undefined);
  const codes = (await Promise.all(answers)).map((answer) =>
    "error" in answer && answer.error.code
  );
  deepEqual(codes, ["save.unknown", "save.unreadable", "save.unknown"]);
});

for (const how of ["person.kick", "seat.leave", "session.end"] as const) {
  Deno.test(`[SAV22] a state that was read after its person had lost the seat (${how}) is not loaded`, async () => {
    const reading = Promise.withResolvers<void>();
    const scene = openRoomScene({ reading: () => reading.promise });
    const host = await RoomPage.announced(scene, ana, "host");
    const player = await RoomPage.announced(scene, ben);
    scene.kept.set(app.app_id, Uint8Array.of(7));
    await player.ask("app.load");
    if (how === "session.end") scene.send(how, { session_id: ben, reason: "right_ended" });
    else if (how === "person.kick") deepEqual(await host.ask(how, { person: "p2" }), {});
    else deepEqual(await player.ask(how), {});
    reading.resolve();
    await scene.clock.run(0);
    const loads = () => scene.sources[0]!.deeds.filter((deed) => deed.startsWith("load")).length;
    equal(loads(), 0);
    await host.ask("app.load");
    equal(loads(), 1, "who has a seat loads it");
    scene.room[Symbol.dispose]();
  });
}

import { deepEqual, equal } from "node:assert/strict";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { ana, ben } from "../../../../support/media/room_scene.ts";

Deno.test("[DRV19] entering takes no seat, and the seat is taken by a request for it", async () => {
  const { enter, seat, holder, received } = openDrivingScene();
  await enter(ana);
  const started = received("app.start.response").at(-1)!.payload as { seat: unknown };
  deepEqual([started.seat, holder()], [null, undefined]);
  equal(await seat(ana), undefined);
  equal(holder(), ana);
  equal(await seat(ana, 1), "seat.unknown");
});

Deno.test("[DRV19] a watcher gets no seat, and asks for none", async () => {
  const { enter, seat, view, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben, "watcher");
  equal(await seat(ben), "role.watcher");
  await seat(ana);
  equal(await seat(ben), "role.watcher");
  clock.advance(200);
  deepEqual([view()?.driver, view()?.asked], [true, false]);
});

Deno.test("[DRV19] a request for a held seat is shown to everybody, and its driver may give the seat", async () => {
  const { enter, seat, command, answers, view, holder, vehicle, received, clock } =
    openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  command(ana, "give");
  deepEqual(answers(ana), ["seat.not_asked"]);
  equal(await seat(ben), "seat.taken");
  clock.advance(200);
  deepEqual([view(ana)?.asked, view(ben)?.asked], [true, true]);
  vehicle.commands.length = 0;
  const changes = received("room.changed").length;
  command(ana, "give");
  deepEqual([holder(), answers(ana).at(-1)], [ben, "give"]);
  equal(received("room.changed").length, changes + 1);
  clock.advance(200);
  deepEqual([view(ana)?.asked, vehicle.orders], [false, ["lost handed_over"]]);
  command(ana, "give", "again");
  deepEqual(answers(ana).at(-1), "seat.needed");
});

Deno.test("[DRV29] the driver refuses: only the session that asked is told, and waits longer each time", async () => {
  const { enter, seat, steer, command, answers, view, vehicle, received, clock } =
    openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  const stay = (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end; clock.advance(200)) {
      for (const each of [ana, ben]) steer(each, 0);
    }
  };
  await seat(ana, 0, "Ana");
  command(ana, "refuse", "early");
  for (const wait of [30_000, 60_000]) {
    equal(await seat(ben, 0, "Ben"), "seat.taken");
    stay(400);
    deepEqual([view(ben)?.driver_name, view(ana)?.asked_by], ["Ana", "Ben"]);
    command(ana, "refuse", `refuse ${wait}`);
    equal(answers(ben).at(-1), `seat_refused {"wait_ms":${wait}}`);
    equal(await seat(ben), "seat.wait");
    stay(wait);
    equal(view(ana)?.asked, false);
  }
  deepEqual(answers(ana), ["seat.not_asked", "refuse 30000", "refuse 60000"]);
  deepEqual(
    received("seat.request").map(({ payload }) => {
      const { outcome, requester, driver } = payload as Record<string, { name?: string }>;
      return [outcome, requester!.name, driver!.name];
    }),
    ["asked", "refused", "asked", "refused"].map((outcome) => [outcome, "Ben", "Ana"]),
  );
});

Deno.test("[DRV19] a request counts for ten seconds, and not for a session that has left", async () => {
  const { enter, seat, steer, view, send, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  const stay = (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end; clock.advance(200)) {
      for (const each of [ana, ben]) steer(each, 0);
    }
  };
  await seat(ana);
  await seat(ben);
  stay(9_800);
  equal(view()?.asked, true);
  stay(600);
  equal(view()?.asked, false);
  equal(await seat(ben), "seat.wait");
  stay(5_000);
  equal(await seat(ben), "seat.taken");
  stay(400);
  equal(view()?.asked, true);
  send("session.end", { session_id: ben, reason: "left" });
  stay(400);
  equal(view()?.asked, false);
});

Deno.test("[DRV19] the seat of a driver who has been silent for five seconds may be taken", async () => {
  const { enter, seat, steer, holder, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  clock.advance(3_000);
  steer(ana, 0);
  clock.advance(4_900);
  equal(await seat(ben), "seat.taken");
  clock.advance(200);
  equal(await seat(ben), undefined);
  equal(holder(), ben);
});

Deno.test("[DRV19] nobody pauses, resets or saves the picture of a vehicle, its driver included", async () => {
  const { enter, seat, ask } = openDrivingScene();
  await enter(ana);
  await seat(ana);
  for (const verb of ["app.pause", "app.reset", "app.save"] as const) {
    equal(await ask(ana, verb, { paused: true }), "app.live");
  }
});

Deno.test("[DRV30] a driver goes by the name that the page announced", async () => {
  const scene = openDrivingScene();
  await scene.enter(ana);
  scene.vehicle.connect();
  await scene.seat(ana, 0, "Ana");
  scene.clock.advance(200);
  equal(scene.view(ana)?.driver_name, "Ana");
  scene.room[Symbol.dispose]();
});

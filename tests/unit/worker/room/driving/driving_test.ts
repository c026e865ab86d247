import { deepEqual, equal, ok } from "node:assert/strict";
import { NEUTRAL_PAD } from "../../../../../protocol/control/pad.ts";
import { pack } from "../../../../../protocol/msgpack.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { ana, ben } from "../../../../support/media/room_scene.ts";

const REST = { steering: 0, throttle: 0 };
const at = (steering: number) => ({ steering, throttle: 0 });

/** Wishes as whole hundredths, as the compact profile rounds them. */
const rounded = (wish: unknown) => {
  const { steering, throttle } = wish as typeof REST;
  return { steering: Math.round(steering * 100) / 100, throttle };
};

Deno.test("[DRV20] the driver's wish reaches the vehicle, and nobody else's", async () => {
  const { enter, seat, steer, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 0.5);
  clock.advance(20);
  deepEqual(rounded(vehicle.newestWish), at(0.5));
  steer(ben, -1);
  clock.advance(20);
  deepEqual(rounded(vehicle.newestWish), at(0.5));
});

Deno.test("[DRV20] a late, repeated or older wish is dropped, and so is a pad or what is out of range", async () => {
  const { enter, seat, steer, say, peers, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  const now = clock.epoch() / 1000;
  steer(ana, 0.5, now);
  clock.advance(20);
  const count = vehicle.wishes.length;
  steer(ana, 0.6, now);
  steer(ana, 0.7, now - 0.5);
  say(ana, "state", { type: "Control", payload: { ...NEUTRAL_PAD, seq: 4 } });
  for (const axes of [[40_000, 0], [NaN, 0], [0, -32_768], [0, 1.5], ["1", 0]]) {
    peers.get(ana)!.listener.message("state", pack([5, (clock.epoch() + 1) % 2 ** 32, axes]));
  }
  clock.advance(1);
  equal(vehicle.wishes.length, count);
  clock.advance(600);
  steer(ana, 0.8, now + 0.05);
  clock.advance(20);
  ok(!vehicle.wishes.some((wish) => rounded(wish).steering > 0.5), "held up for 550 ms");
});

Deno.test("[DRV20] the browser's clock may wrap", async () => {
  const { enter, seat, steer, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  const wrap = 2 ** 32 / 1000;
  for (const [n, steering] of [0.1, 0.2, 0.3].entries()) {
    steer(ana, steering, (wrap - 0.015 + n * 0.01) % wrap);
    clock.advance(10);
  }
  clock.advance(20);
  deepEqual(vehicle.wishes.slice(-3).map(rounded), [0.1, 0.2, 0.3].map(at));
});

Deno.test("[DRV21] a driver whose connection ends leaves a vehicle at rest, with the cause", async () => {
  const { enter, seat, steer, vehicle, peers, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(20);
  vehicle.commands.length = 0;
  peers.get(ana)!.listener.closed("gone");
  clock.advance(20);
  deepEqual([vehicle.newestWish, vehicle.orders], [REST, ["lost browser_lost"]]);
});

Deno.test("[DRV21] a driver from whom nothing comes for a second is lost", async () => {
  const { enter, seat, steer, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(800);
  vehicle.commands.length = 0;
  deepEqual(vehicle.newestWish, at(1), "the room repeats no wish of a driver who is gone");
  clock.advance(500);
  deepEqual([vehicle.newestWish, vehicle.orders], [REST, ["lost browser_lost"]]);
  steer(ana, 0.5);
  clock.advance(30);
  deepEqual(rounded(vehicle.newestWish), at(0.5), "a driver who comes back goes on");
});

Deno.test("[DRV21] a driver who leaves the seat disarms; one whose session ends is lost", async () => {
  const { enter, seat, steer, vehicle, send, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(20);
  vehicle.commands.length = 0;
  await seat(ana, null);
  clock.advance(20);
  deepEqual([vehicle.newestWish, vehicle.orders], [REST, ["disarm"]]);
  await seat(ben);
  clock.advance(50);
  steer(ben, -1);
  clock.advance(20);
  vehicle.commands.length = 0;
  send("session.end", { session_id: ben, reason: "left" });
  clock.advance(20);
  deepEqual([vehicle.newestWish, vehicle.orders], [REST, ["lost browser_lost"]]);
});

Deno.test("[DRV21] the next driver's wishes wait until the vehicle knows that the last one is gone", async () => {
  const { enter, seat, steer, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(20);
  vehicle.isCut = true;
  await seat(ana, null);
  await seat(ben);
  clock.advance(20);
  vehicle.isCut = false;
  vehicle.wishes.length = vehicle.commands.length = 0;
  for (let count = 0; count < 10; count++) {
    steer(ben, -1);
    clock.advance(10);
  }
  deepEqual(vehicle.commands, [], "the command is repeated after 200 ms");
  ok(vehicle.wishes.every((wish) => rounded(wish).steering === 0));
  clock.advance(150);
  ok(vehicle.orders.includes("lost handed_over"));
  steer(ben, -1);
  clock.advance(20);
  deepEqual(vehicle.newestWish, at(-1));
});

Deno.test("[DRV21] a connection that comes back begins with a vehicle at rest that is told so", async () => {
  const { enter, seat, steer, vehicle, view, clock } = openDrivingScene();
  await enter(ana);
  clock.advance(200);
  equal(view()?.link, "waiting");
  const close = vehicle.connect();
  deepEqual(vehicle.orders, ["lost worker_lost"]);
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(20);
  close();
  clock.advance(200);
  deepEqual([view()?.link, view()?.sent], ["disconnected", undefined]);
  vehicle.commands.length = vehicle.wishes.length = 0;
  steer(ana, 1);
  vehicle.connect();
  deepEqual(vehicle.orders, ["lost worker_lost"]);
  ok(vehicle.wishes.every((wish) => rounded(wish).steering === 0));
});

Deno.test("[DRV25] commands to a vehicle count up from 1 on each link, and name the cause of a loss", async () => {
  const { enter, seat, command, vehicle, clock } = openDrivingScene();
  await enter(ana);
  const received = () =>
    vehicle.commands.splice(0).map(({ command, parameters }) => [command, parameters]);
  const close = vehicle.connect();
  await seat(ana);
  clock.advance(100);
  command(ana, "arm", "1");
  clock.advance(50);
  command(ana, "disarm", "2");
  clock.advance(50);
  deepEqual(received(), [
    ["lost", { order: 1, cause: "worker_lost" }],
    ["lost", { order: 2, cause: "handed_over" }],
    ["arm", { order: 3 }],
    ["disarm", { order: 4 }],
  ]);
  close();
  clock.advance(200);
  vehicle.connect();
  deepEqual(received(), [["lost", { order: 1, cause: "worker_lost" }]]);
});

Deno.test("[DRV22] arm is acknowledged when the vehicle reports it, and refused with its reason", async () => {
  const { enter, seat, command, answers, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  command(ana, "arm", "1");
  clock.advance(50);
  const order = () => vehicle.commands.at(-1)!.parameters.order as number;
  equal(vehicle.orders.at(-1), "arm");
  deepEqual(answers(ana), []);
  vehicle.report = {
    state: "disarmed",
    answer: { to: order(), refused: "not_at_rest" },
    readings: {},
  };
  clock.advance(200);
  deepEqual(answers(ana), ["arm.not_at_rest"]);
  command(ana, "arm", "2");
  clock.advance(50);
  vehicle.report = { state: "armed", answer: { to: order() }, readings: {} };
  clock.advance(200);
  deepEqual(answers(ana).at(-1), "2");
});

Deno.test("[DRV18] answers come in the order of the commands, also where a later one is known first", async () => {
  const { enter, seat, command, answers, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  command(ana, "arm", "1");
  command(ana, "fly", "2");
  deepEqual(answers(ana), []);
  command(ana, "disarm", "3");
  clock.advance(50);
  deepEqual(answers(ana), ["arm.undone", "command.unknown", "3"]);
});

Deno.test("[DRV18] commands of a session without the seat are refused, and so is one too many", async () => {
  const { enter, seat, command, answers, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  vehicle.commands.length = 0;
  for (const each of ["arm", "disarm", "give", "fly"]) command(ben, each);
  deepEqual(answers(ben), ["seat.needed", "seat.needed", "seat.needed", "command.unknown"]);
  clock.advance(300);
  deepEqual(vehicle.commands, []);
  for (let count = 0; count < 40; count++) command(ana, "arm", `${count}`);
  equal(answers(ana).filter((each) => each === "command.busy").length, 24);
});

Deno.test("[DRV18] a vehicle that is not connected or gives no answer is unreachable", async () => {
  const { enter, seat, command, answers, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await seat(ana);
  command(ana, "arm", "1");
  command(ana, "disarm", "2");
  deepEqual(answers(ana), ["vehicle.unreachable", "vehicle.unreachable"]);
  vehicle.connect();
  vehicle.isCut = true;
  command(ana, "arm", "3");
  clock.advance(3_100);
  deepEqual(answers(ana).length, 3);
  equal(answers(ana).at(-1), "vehicle.unreachable");
});

Deno.test("[DRV17] every viewer sees what is sent, what is confirmed, and how old it is", async () => {
  const { enter, seat, steer, view, vehicle, clock } = openDrivingScene();
  await enter(ana);
  await enter(ben, "watcher");
  vehicle.report = {
    state: "failsafe",
    cause: "silent",
    output: at(0.25),
    readings: { battery_v: { value: 11.8, age_ms: 40 } },
  };
  vehicle.connect();
  await seat(ana);
  clock.advance(1_200);
  steer(ana, 0.5);
  clock.advance(200);
  const seen = view(ben)!;
  deepEqual([seen.link, seen.driver, seen.state], ["connected", true, "failsafe"]);
  deepEqual([rounded(seen.sent), rounded(seen.confirmed)], [at(0.5), at(0.25)]);
  deepEqual(seen.state === "failsafe" && seen.cause, "silent");
  equal(seen.rtt_ms, 20);
  ok(seen.link_age_ms! <= 110, `${seen.link_age_ms}`);
  const { value, age_ms } = seen.readings.battery_v!;
  ok(value === 11.8 && age_ms >= 50 && age_ms <= 160, `${age_ms}`);
  vehicle.isCut = true;
  clock.advance(3_000);
  ok(view(ben)!.link_age_ms! >= 2_900 && view(ben)!.readings.battery_v!.age_ms >= 2_900);
});

Deno.test("[DRV21] a room that closes leaves a vehicle at rest", async () => {
  const { enter, seat, steer, room, vehicle, clock } = openDrivingScene();
  await enter(ana);
  vehicle.connect();
  await seat(ana);
  clock.advance(100);
  steer(ana, 1);
  clock.advance(20);
  room.close("source_ended", "The stream ended");
  clock.advance(20);
  deepEqual(vehicle.newestWish, REST);
});

Deno.test("[DRV28] every viewer gets the vehicle's paths once a second, as old as they are", async () => {
  const { enter, vehicle, clock, paths } = openDrivingScene();
  await enter(ana);
  await enter(ben);
  vehicle.connect();
  const path = { interface: "wwan0", state: "Live", age_ms: 20 };
  for (let turn = 0; turn < 30; turn++) {
    vehicle.tellPaths([path]);
    clock.advance(100);
  }
  for (const session of [ana, ben]) {
    ok(paths(session).length >= 2 && paths(session).length <= 4, `${paths(session).length}`);
    const [{ age_ms, ...rest }] = paths(session).at(-1) as [typeof path];
    deepEqual(rest, { interface: "wwan0", state: "Live" });
    ok(age_ms >= 20 && age_ms <= 300, `${age_ms}`);
  }
  clock.advance(1_200);
  vehicle.tellPaths([{ ...path, state: "Sleeping" }]);
  const count = paths(ana).length;
  clock.advance(2_000);
  equal(paths(ana).length, count, "what cannot be read is not passed on");
});

import { deepEqual, equal } from "node:assert/strict";
import type { DriveState } from "../../../../../protocol/control/control.ts";
import { unpack } from "../../../../../protocol/msgpack.ts";
import { readV3xctrl } from "../../../../../worker/room/driving/v3xctrl/readings.ts";
import type { V3xctrlVehicle } from "../../../../../worker/room/driving/v3xctrl/vehicle.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { ana, ben } from "../../../../support/media/room_scene.ts";

const REST = { steering: 0, throttle: 0 };
const rounded = ({ steering, throttle }: DriveState) => ({
  steering: Math.round(steering * 100) / 100,
  throttle,
});

/** A room whose vehicle runs v3xctrl. */
function setup() {
  const scene = openDrivingScene({ transport: "v3xctrl" });
  const vehicle = scene.room.driving!.vehicle as V3xctrlVehicle;
  const wishes: DriveState[] = [];
  let state: "waiting" | "connected" | "disconnected" = "waiting";
  vehicle.opened({
    get state() {
      return state;
    },
    latency: undefined,
    drive: (wish) => void wishes.push(rounded(wish as DriveState)),
  });
  const become = (next: typeof state) => {
    state = next;
    vehicle.events.changed(next);
  };
  return {
    ...{ ...scene, theirs: vehicle, wishes, become },
    newest: () => wishes.at(-1),
    causes: () =>
      scene.reported.flatMap((message) =>
        message.type === "vehicle.failsafe" ? [message.payload.cause] : []
      ),
  };
}

/** The driver ana, whose vehicle is armed and turns. */
async function driven() {
  const scene = setup();
  await scene.enter(ana);
  scene.become("connected");
  await scene.seat(ana);
  scene.clock.advance(50);
  scene.steer(ana, 0);
  scene.clock.advance(20);
  scene.command(ana, "arm");
  scene.clock.advance(20);
  scene.steer(ana, 0.5);
  deepEqual(scene.newest(), { steering: 0.5, throttle: 0 });
  return scene;
}

Deno.test("[DRV32] the streamer is sent a neutral wish 30 times a second until its driver has armed it at rest", async () => {
  const { enter, seat, steer, command, answers, become, wishes, clock, view } = setup();
  await enter(ana);
  clock.advance(200);
  deepEqual(wishes, [], "it is not there");
  await seat(ana);
  command(ana, "arm");
  become("connected");
  clock.advance(330);
  equal(wishes.length, 10);
  command(ana, "arm", "again");
  steer(ana, 0.8);
  clock.advance(40);
  command(ana, "arm", "turned");
  clock.advance(40);
  deepEqual(answers(ana), ["vehicle.unreachable", "arm.no_control", "arm.not_at_rest"]);
  deepEqual(wishes.filter(({ steering }) => steering !== 0), []);
  clock.advance(300);
  deepEqual([view()?.state, view()?.link], ["disarmed", "connected"]);
});

Deno.test("[DRV32] the wish of an armed vehicle's driver reaches it, and nobody else's", async () => {
  const { enter, steer, newest, clock, view } = await driven();
  await enter(ben);
  steer(ben, -1);
  deepEqual(newest(), { steering: 0.5, throttle: 0 });
  clock.advance(210);
  deepEqual([view()?.state, view()?.sent && rounded(view()!.sent!)], [
    "armed",
    { steering: 0.5, throttle: 0 },
  ]);
});

Deno.test("[DRV32] a driver who falls silent, leaves, or loses the connection leaves a neutral vehicle, and the cause is in the audit log", async () => {
  const silent = await driven();
  silent.clock.advance(450);
  deepEqual(silent.newest(), { steering: 0.5, throttle: 0 }, "nothing is repeated for the driver");
  silent.clock.advance(100);
  deepEqual([silent.newest(), silent.causes()], [REST, ["silent"]]);
  silent.steer(ana, 0.7);
  silent.clock.advance(40);
  deepEqual(silent.newest(), REST, "control that comes back does not end it");

  const gone = await driven();
  gone.peers.get(ana)!.listener.closed("gone");
  deepEqual([gone.newest(), gone.causes()], [REST, ["browser_lost"]]);

  const left = await driven();
  await left.seat(ana, null);
  deepEqual([left.newest(), left.causes()], [REST, []]);
});

Deno.test("[DRV32] [DRV19] a driver who gets the seat begins with a vehicle that is not armed", async () => {
  const { enter, seat, command, newest, causes, clock } = await driven();
  await enter(ben);
  equal(await seat(ben), "seat.taken");
  command(ana, "give");
  clock.advance(20);
  deepEqual([newest(), causes()], [REST, ["handed_over"]]);
});

Deno.test("[DRV32] a streamer that is lost, or that begins anew, has to be armed again", async () => {
  const lost = await driven();
  lost.become("disconnected");
  lost.become("connected");
  lost.steer(ana, 0.5);
  lost.clock.advance(250);
  deepEqual([lost.newest(), lost.causes(), lost.view()?.state], [
    REST,
    ["disconnected"],
    "failsafe",
  ]);

  const anew = await driven();
  anew.theirs.lost();
  anew.clock.advance(40);
  deepEqual([anew.newest(), anew.causes()], [REST, ["disconnected"]]);
});

Deno.test("[DRV32] a streamer's readings are shown in the units of all vehicles, with their age", () => {
  const measured = {
    sig: { rsrq: -10, rsrp: -97 },
    loc: { lat: 47.5, lng: 9.25, fix_type: 4, speed: 36, satellites: 9 },
    bat: { vol: 7_400, avg: 3_700, pct: 80, wrn: false, cur: 10 },
    svc: 1,
  };
  const values = Object.entries(readV3xctrl(measured)).map(([name, reading]) => [
    name,
    reading!.value,
  ]);
  deepEqual(Object.fromEntries(values), {
    battery_v: 7.4,
    battery_percent: 80,
    gps_fix: 3,
    lat: 47.5,
    lon: 9.25,
    speed_mps: 10,
    signal_dbm: -97,
  });
  const none = {
    sig: { rsrq: -1, rsrp: -1 },
    loc: { lat: 0, lng: 0, fix_type: -1, speed: 0, satellites: 0 },
    bat: { vol: 0, avg: 0, pct: 0, wrn: false, cur: 0 },
  };
  deepEqual(readV3xctrl(none), {});
  const hostile = { bat: [1], loc: { lat: "x", fix_type: NaN }, sig: null, more: unpack };
  deepEqual(readV3xctrl(hostile), {});
  deepEqual(readV3xctrl({ loc: { lat: 400, lng: 9, fix_type: 3, speed: 1e9 } }), {
    lon: { value: 9, age_ms: 0 },
    gps_fix: { value: 3, age_ms: 0 },
  });
});

import { deepEqual, equal, ok } from "node:assert/strict";
import { signal } from "@preact/signals";
import { decodeIntent } from "../../../../protocol/room_state/wire.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { type DriveState, HELD_REPEAT } from "../../../../protocol/control/control.ts";
import { InputSender } from "../../../../web/play/input/input_sender.ts";
import type { GamepadReading } from "../../../../web/play/input/gamepad.ts";
import { type DriveLink, Driver } from "../../../../web/play/drive/driver.ts";
import { HOLD_TIME } from "../../../../web/play/drive/arm_switch.ts";
import { createDriveSettings } from "../../../../web/play/drive/settings.ts";
import { VehicleLane } from "../../../../web/play/drive/vehicle_lane.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { view } from "../../../support/driving/vehicle_views.ts";

/** A driver in the seat of a vehicle whose worker answers as the test says. */
function setup({ seated = true } = {}) {
  const clock = new FakeClock();
  const wishes: { readonly at: number; readonly wish: DriveState }[] = [];
  const commands: { readonly id: string; readonly command: string }[] = [];
  const pads: GamepadReading[] = [];
  const lane = new VehicleLane({
    clock,
    send(bytes) {
      const message = compactCodec.decode(bytes);
      if (message?.type === "Command") commands.push(message.payload);
      return true;
    },
  });
  const sender = new InputSender({
    clock,
    send(bytes) {
      const control = decodeIntent(bytes)?.control;
      if (control && "steering" in control) {
        const { steering, throttle } = control;
        const round = (value: number) => Math.round(value * 100) / 100;
        wishes.push({
          at: clock.now(),
          wish: { steering: round(steering), throttle: round(throttle) },
        });
      }
      return true;
    },
  });
  sender.start();
  const link = signal<DriveLink | undefined>({
    vehicle: lane,
    drive: (driving) => sender.drive(driving),
  });
  const settings = createDriveSettings(() => ({ getItem: () => null, setItem: () => {} }));
  settings.change({ expo: 0, max_throttle: 100 });
  const driver = new Driver({ clock, link, settings, gamepads: () => pads });
  driver.setSeat({ held: seated });
  const newest = () => wishes.at(-1)?.wish;
  return {
    clock,
    wishes,
    commands,
    pads,
    lane,
    link,
    settings,
    driver,
    newest,
    names: () => commands.map(({ command }) => command),
    see: (change: Parameters<typeof view>[0]) => lane.see({ vehicle: view(change) }),
    async acknowledge() {
      const { id } = commands.at(-1)!;
      lane.receive({ type: "CommandAck", timestamp: 0, payload: { id } });
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

type Setup = ReturnType<typeof setup>;

async function armed(): Promise<Setup> {
  const all = setup();
  all.driver.hold("key", { active: true });
  all.clock.advance(HOLD_TIME + 50);
  await all.acknowledge();
  all.see({ state: "armed" });
  equal(all.driver.arm.value.state, "driving");
  return all;
}

Deno.test("[DPG7] holding the switch arms, and only then a held key reaches the vehicle", async () => {
  const { clock, driver, newest, names, acknowledge } = setup();
  driver.hold("key", { active: true });
  clock.advance(HOLD_TIME + 50);
  deepEqual(names(), ["arm"]);
  driver.key("ArrowUp", { down: true });
  clock.advance(300);
  deepEqual(newest(), { steering: 0, throttle: 0 });
  await acknowledge();
  clock.advance(700);
  deepEqual(newest(), { steering: 0, throttle: 1 });
  driver.hold("key", { active: false });
  deepEqual(newest(), { steering: 0, throttle: 0 });
  deepEqual(names(), ["arm", "disarm"]);
  driver[Symbol.dispose]();
});

Deno.test("[DPG8] every reason not to drive sends neutral at once, and then disarms", async () => {
  for (const block of ["menu", "hidden", "blurred", "no_picture"] as const) {
    const { clock, driver, newest, names, wishes } = await armed();
    driver.key("KeyD", { down: true });
    clock.advance(500);
    deepEqual(newest(), { steering: 1, throttle: 0 });
    const before = wishes.length;
    driver.setBlock(block, { active: true });
    equal(wishes.length, before + 1, block);
    deepEqual(newest(), { steering: 0, throttle: 0 });
    deepEqual(names(), ["arm", "disarm"]);
    driver.setBlock(block, { active: false });
    clock.advance(5_000);
    deepEqual(newest(), { steering: 0, throttle: 0 }, "the key that was held counts no more");
    equal(driver.arm.value.state, "stopped");
    driver[Symbol.dispose]();
  }
});

Deno.test("[DPG8] a pad that is unplugged, a lost connection and a lost seat end the drive", async () => {
  const pad: GamepadReading = {
    id: "pad",
    mapping: "standard",
    connected: true,
    axes: [1, 0, 0, 0],
    buttons: [],
  };
  const unplugged = await armed();
  unplugged.pads.push(pad);
  unplugged.clock.advance(50);
  deepEqual(unplugged.newest(), { steering: 1, throttle: 0 });
  unplugged.pads.length = 0;
  unplugged.clock.advance(15);
  deepEqual(unplugged.newest(), { steering: 0, throttle: 0 });
  deepEqual(unplugged.driver.arm.value, {
    state: "stopped",
    why: { kind: "blocked", block: "unplugged" },
  });
  deepEqual(unplugged.names(), ["arm", "disarm"]);

  const cut = await armed();
  cut.link.value = undefined;
  equal(cut.driver.arm.value.state, "stopped");

  const unseated = await armed();
  unseated.driver.key("KeyD", { down: true });
  unseated.clock.advance(200);
  unseated.driver.setSeat({ held: false });
  deepEqual(unseated.newest(), { steering: 0, throttle: 0 });
  deepEqual(unseated.names(), ["arm", "disarm"]);
  equal(unseated.driver.sent.value, undefined);
  for (const { driver } of [unplugged, cut, unseated]) driver[Symbol.dispose]();
});

Deno.test("[DPG8] a failsafe ends the drive, and its cause is not wiped out by a disarm", async () => {
  const { driver, see, names, clock } = await armed();
  see({ state: "failsafe", cause: "silent" });
  deepEqual(driver.arm.value, { state: "stopped", why: { kind: "failsafe" } });
  deepEqual(names(), ["arm"]);
  driver.hold("key", { active: false });
  driver.hold("key", { active: true });
  clock.advance(HOLD_TIME + 50);
  deepEqual(names(), ["arm", "arm"]);
  driver[Symbol.dispose]();
});

Deno.test("[DPG9] a held switch sends at least every 33 ms and a moving wish 60 to 125 times a second; at rest twice a second", async () => {
  const { clock, driver, wishes } = await armed();
  const gaps = (ms: number) => {
    const start = wishes.length;
    clock.advance(ms);
    const times = wishes.slice(start - 1).map(({ at }) => at);
    return {
      count: wishes.length - start,
      longest: Math.max(...times.slice(1).map((at, i) => at - times[i]!)),
    };
  };
  ok(gaps(1_000).longest <= HELD_REPEAT);
  driver.key("ArrowUp", { down: true });
  const { count } = gaps(600);
  ok(count >= 36 && count <= 76, `${count} wishes in 600 ms`);
  driver.key("ArrowUp", { down: false });
  driver.hold("key", { active: false });
  clock.advance(1_000);
  equal(gaps(4_000).count, 8);
  driver[Symbol.dispose]();
});

Deno.test("[DPG8] an answer to an arming that was given up does not arm", async () => {
  const { clock, driver, acknowledge, names, commands, lane } = setup();
  driver.hold("button", { active: true });
  clock.advance(HOLD_TIME + 50);
  driver.hold("button", { active: false });
  deepEqual(names(), ["arm", "disarm"]);
  driver.hold("button", { active: true });
  clock.advance(HOLD_TIME + 50);
  lane.receive({ type: "CommandAck", timestamp: 0, payload: { id: commands[0]!.id } });
  await Promise.resolve();
  equal(driver.arm.value.state, "asking");
  await acknowledge();
  equal(driver.arm.value.state, "driving");
  driver[Symbol.dispose]();
});

Deno.test("[DPG8] a vehicle that stays armed after its switch was let go is disarmed again, each second", async () => {
  const { driver, see, names, clock } = await armed();
  driver.hold("key", { active: false });
  for (let i = 0; i < 12; i++) {
    clock.advance(200);
    see({ state: "armed" });
  }
  deepEqual(names(), ["arm", "disarm", "disarm", "disarm"]);
  see({ state: "disarmed" });
  clock.advance(2_000);
  equal(names().length, 4);
  driver[Symbol.dispose]();
});

Deno.test("[DPG8] a page that is left and entered again begins with nothing pushed", async () => {
  const { driver, newest, clock, see } = await armed();
  driver.set("tilt", { steering: 0.8, throttle: 0 });
  driver.key("KeyW", { down: true });
  clock.advance(200);
  equal(newest()?.steering, 0.8);
  driver.reset();
  see({ state: "disarmed" });
  driver.setSeat({ held: true });
  clock.advance(50);
  deepEqual(driver.input.value, { steering: 0, throttle: 0 });
  equal(driver.leans.value, false);
  driver[Symbol.dispose]();
});

Deno.test("[DPG7] a watcher sends no wish and arms nothing", () => {
  const { clock, driver, wishes, names } = setup({ seated: false });
  driver.hold("key", { active: true });
  driver.key("ArrowUp", { down: true });
  clock.advance(5_000);
  deepEqual(wishes, []);
  deepEqual(names(), []);
  driver[Symbol.dispose]();
  equal(clock.pending, 1, "the heartbeat alone");
});

Deno.test("[DPG9] a key that goes down or up changes the wish at once, and not at the next sample", async () => {
  const { driver, clock, newest } = await armed();
  clock.advance(5);
  driver.key("ArrowUp", { down: true });
  const { throttle } = newest()!;
  ok(throttle > 0, `${throttle}`);
  clock.advance(400);
  driver.key("ArrowUp", { down: false });
  const held = newest()!.throttle;
  clock.advance(3);
  driver.key("ArrowDown", { down: true });
  ok(newest()!.throttle < held);
});

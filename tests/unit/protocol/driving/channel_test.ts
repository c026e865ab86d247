import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import type { ControlMessage } from "../../../../protocol/control/control.ts";
import { mapCodec } from "../../../../protocol/control/control_map.ts";
import { type ControlState, step } from "../../../../protocol/driving/machine.ts";
import { compactProfile, mapProfile } from "../../../../protocol/driving/profile.ts";
import { ControlPair } from "../../../support/driving/pair.ts";

const AHEAD = { steering: 0.5, throttle: 1 };
const REST = { steering: 0, throttle: 0 };
const PROFILES = { map: mapProfile, compact: compactProfile } as const;

Deno.test("[DRV1] the machine waits, is connected by a handshake and ended by silence", () => {
  const limits = { silence: 500, pause: 1_000 };
  const at = (state: ControlState, event: Parameters<typeof step>[1], now: number) =>
    step(state, event, { now: now as Millis, limits });
  const waiting = { state: "waiting" } as const;
  const connected = { state: "connected", receivedAt: 100 as Millis } as const;
  const disconnected = { state: "disconnected", since: 600 as Millis } as const;
  const table: [ControlState, Parameters<typeof step>[1], number, ControlState][] = [
    [waiting, "message", 100, waiting],
    [waiting, "tick", 100_000, waiting],
    [waiting, "handshake", 100, connected],
    [connected, "message", 200, { ...connected, receivedAt: 200 as Millis }],
    [connected, "handshake", 200, { ...connected, receivedAt: 200 as Millis }],
    [connected, "tick", 599, connected],
    [connected, "tick", 600, disconnected],
    [disconnected, "message", 700, disconnected],
    [disconnected, "handshake", 100, connected],
    [disconnected, "tick", 1_599, disconnected],
    [disconnected, "tick", 1_600, waiting],
  ];
  for (const [from, event, now, to] of table) {
    deepEqual(at(from, event, now), to, `${from.state}, ${event} at ${now}`);
  }
  equal(at(connected, "tick", 599), connected, "unchanged is the same object");
});

for (const [name, profile] of Object.entries(PROFILES)) {
  Deno.test(`[DRV2] the vehicle begins the handshake, and both are connected (${name})`, () => {
    const pair = new ControlPair({ profile }).run(30);
    deepEqual(pair.states, { vehicle: ["connected"], driver: ["connected"] });
    deepEqual(pair.sent.slice(0, 2).map(({ from, message }) => [from, message.type]), [
      ["vehicle", "Syn"],
      ["driver", "Ack"],
    ]);
  });

  Deno.test(`[DRV9] the latency and the clock of the vehicle are measured (${name})`, () => {
    const pair = new ControlPair({ profile, vehicleEpoch: 1_700_000_005_000 }).run(3_000);
    deepEqual([Math.round(pair.driver.latency!.rtt), Math.round(pair.driver.latency!.offset)], [
      20,
      5_000,
    ]);
  });

  Deno.test(`[DRV5] Control reaches the vehicle as it was wished (${name})`, () => {
    const pair = new ControlPair({ profile }).run(50);
    pair.driver.drive({ steering: -1, throttle: 1 }, pair.now);
    pair.run(20);
    deepEqual(pair.controls, [{ steering: -1, throttle: 1 }]);
  });
}

Deno.test("[DRV2] Syns come each second until one is answered", () => {
  const pair = new ControlPair();
  pair.loss = 1;
  pair.run(3_500);
  deepEqual(pair.sentBy("vehicle", "Syn").map(({ at }) => at), [0, 1_000, 2_000, 3_000]);
  pair.loss = 0;
  pair.run(1_000);
  equal(pair.vehicle.state, "connected");
});

Deno.test("[DRV3] before the handshake no message counts", () => {
  const pair = new ControlPair({ profile: mapProfile });
  pair.inject("vehicle", message({ type: "Control", payload: AHEAD }));
  pair.inject("vehicle", message({ type: "Heartbeat", payload: {} }));
  pair.inject("driver", message({ type: "Telemetry", payload: { bat: 1 } }));
  deepEqual([pair.controls, pair.telemetry, pair.vehicle.state], [[], [], "waiting"]);
  equal(pair.vehicle.figures.early, 2);
});

Deno.test("[DRV4] an idle connection is kept by heartbeats, and ends by silence on both ends", () => {
  const pair = new ControlPair().run(60_000);
  deepEqual(pair.states, { vehicle: ["connected"], driver: ["connected"] });
  ok(pair.sentBy("vehicle", "Heartbeat").length <= 61);
  pair.loss = 1;
  pair.run(8_900);
  deepEqual(pair.states.vehicle, ["connected", "disconnected", "waiting"]);
  equal(pair.driver.state, "connected");
  pair.run(1_000);
  equal(pair.driver.state, "disconnected");
  pair.loss = 0;
  pair.run(3_000);
  deepEqual([pair.vehicle.state, pair.driver.state], ["connected", "connected"]);
});

Deno.test("[DRV5] of many wishes the newest is sent, at most at the rate", () => {
  const pair = new ControlPair({ driver: { controlRate: 125 } }).run(50);
  let n = 0;
  pair.run(1_000, (now) => pair.driver.drive({ steering: (n++ % 100) / 100, throttle: 1 }, now));
  const sent = pair.sentBy("driver", "Control");
  ok(sent.length >= 124 && sent.length <= 126, `${sent.length}`);
  pair.run(50);
  deepEqual(pair.controls.at(-1), { steering: Math.round(0.99 * 32767) / 32767, throttle: 1 });
});

Deno.test("[DRV6] a neutral wish is repeated for a second, any other is not", () => {
  const pair = new ControlPair().run(50);
  pair.driver.drive(AHEAD, pair.now);
  pair.run(1_000);
  equal(pair.controls.length, 1);
  pair.driver.drive(REST, pair.now);
  pair.run(5_000);
  ok(pair.controls.length > 28 && pair.controls.length < 33, `${pair.controls.length}`);
});

Deno.test("[DRV6] a wish that found no room for 100 ms is dropped", () => {
  const pair = new ControlPair().run(50);
  pair.hasRoom = false;
  pair.driver.drive(AHEAD, pair.now);
  pair.run(150);
  pair.hasRoom = true;
  pair.run(500);
  deepEqual(pair.controls, []);
  pair.hasRoom = false;
  pair.driver.drive(AHEAD, pair.now);
  pair.run(50);
  pair.hasRoom = true;
  pair.run(50);
  deepEqual(pair.controls.length, 1);
});

Deno.test("[DRV7] Control that is late, repeated or out of order changes nothing", () => {
  const pair = new ControlPair({ profile: mapProfile }).run(50);
  const base = 1_700_000_000;
  const at = (seconds: number, payload = AHEAD) =>
    pair.inject("vehicle", message({ type: "Control", payload }, base + seconds));
  at(0.05);
  at(0.04, REST);
  at(0.05, REST);
  deepEqual(pair.controls, [AHEAD]);
  equal(pair.vehicle.figures.late, 2);
  pair.loss = 1;
  pair.run(2_000);
  at(1, REST);
  deepEqual(pair.controls, [AHEAD], "newer than all before, and a second late");
  at(2.05, REST);
  deepEqual(pair.controls, [AHEAD, REST]);
});

Deno.test("[DRV7] when a path ended, both ends take what comes over a slower one, and nothing out of order", () => {
  const pair = new ControlPair({ profile: mapProfile }).run(2_000);
  pair.delay = 700;
  pair.run(1_500, (now) => pair.driver.drive(AHEAD, now));
  deepEqual(pair.controls, []);
  const late = pair.driver.figures.late;
  ok(late > 0);
  pair.vehicle.pathEnded();
  pair.driver.pathEnded();
  pair.run(1_500, (now) => pair.driver.drive(AHEAD, now));
  ok(pair.controls.length > 100);
  equal(pair.driver.figures.late, late);
  const count = pair.controls.length;
  pair.vehicle.pathEnded();
  pair.inject("vehicle", message({ type: "Control", payload: REST }, 1_700_000_000.1));
  equal(pair.controls.length, count);
});

Deno.test("[DRV7] what is malformed, out of range or not a number changes nothing", () => {
  const pair = new ControlPair({ profile: mapProfile }).run(50);
  const wrong = [
    { steering: NaN, throttle: 0 },
    { steering: 0, throttle: Infinity },
    { steering: 1.01, throttle: 0 },
    { steering: 0, throttle: -2 },
    { steering: 0 },
    { steering: "0", throttle: 0 },
  ];
  for (const payload of wrong) {
    pair.inject("vehicle", message({ type: "Control", payload } as never, 1_700_000_001));
  }
  pair.inject("vehicle", message({ type: "Control", payload: AHEAD }, NaN));
  pair.inject("vehicle", new Uint8Array(1_201));
  pair.inject("vehicle", new Uint8Array());
  deepEqual(pair.controls, []);
  equal(pair.vehicle.figures.malformed, wrong.length + 3);
});

Deno.test("[DRV8] the vehicle reports once that Control is missing, and why", () => {
  const pair = new ControlPair().run(50);
  pair.run(300, (now) => pair.driver.drive(AHEAD, now));
  pair.run(600);
  deepEqual(pair.losses, ["silent"]);
  pair.run(100, (now) => pair.driver.drive(AHEAD, now));
  pair.loss = 1;
  pair.run(400);
  equal(pair.losses.length, 1);
  pair.run(7_000);
  deepEqual(pair.losses, ["silent", "silent"]);
});

Deno.test("[DRV8] control silence has a lower limit of 150 ms", () => {
  throws(() => new ControlPair({ vehicle: { controlSilence: 149 } }), RangeError);
  throws(() => new ControlPair({ vehicle: { telemetryRate: 11 } }), RangeError);
  throws(() => new ControlPair({ driver: { controlRate: 1_000 } }), RangeError);
  const pair = new ControlPair({ vehicle: { controlSilence: 150 } }).run(50);
  pair.driver.drive(AHEAD, pair.now);
  pair.run(10 + 150);
  deepEqual(pair.losses, []);
  pair.run(2);
  deepEqual(pair.losses, ["silent"]);
});

Deno.test("[DRV9] readings are sent at the telemetry rate, the newest alone", () => {
  for (const rate of [1, 10]) {
    const pair = new ControlPair({ vehicle: { telemetryRate: rate } }).run(50);
    pair.run(3_000, (now) => pair.vehicle.telemetry({ bat: now }));
    const count = pair.sentBy("vehicle", "Telemetry").length;
    ok(count >= 3 * rate && count <= 3 * rate + 1, `${count} at ${rate}`);
    ok(pair.telemetry.length >= 3 * rate - 1);
  }
});

Deno.test("[DRV10] a command is carried out once, however often it comes", () => {
  const pair = new ControlPair().run(50);
  pair.loss = 0.2;
  const results: string[] = [];
  for (let n = 0; n < 16; n++) {
    ok(pair.driver.command(
      { command: `trim ${n}`, parameters: { step: n }, ended: (result) => results.push(result) },
      pair.now,
    ));
  }
  pair.run(3_000);
  deepEqual(new Set(pair.commands.map(({ command }) => command)).size, pair.commands.length);
  equal(pair.commands.length, 16);
  deepEqual(results, Array(16).fill("done"));
});

Deno.test("[DRV10] a command is sent ten times, 200 ms apart, and then given up", () => {
  const pair = new ControlPair().run(50);
  pair.loss = 1;
  const results: string[] = [];
  const began = pair.now;
  pair.driver.command({ command: "arm", ended: (result) => results.push(result) }, pair.now);
  pair.run(1_999);
  deepEqual(results, []);
  pair.run(10);
  deepEqual(results, ["unanswered"]);
  deepEqual(
    pair.sentBy("driver", "Command").map(({ at }) => at - began),
    Array.from({ length: 10 }, (_, n) => n * 200),
  );
});

Deno.test("[DRV10] commands wait in a bounded number, and not without a connection", () => {
  const pair = new ControlPair();
  const ended = () => {};
  ok(!pair.driver.command({ command: "arm", ended }, pair.now));
  pair.run(50);
  const taken = Array.from(
    { length: 20 },
    () => pair.driver.command({ command: "arm", ended }, pair.now),
  );
  equal(taken.filter(Boolean).length, 16);
});

Deno.test("[DRV11] errors reach the other end", () => {
  const pair = new ControlPair().run(50);
  pair.driver.error("403", pair.now);
  pair.vehicle.error("busy", pair.now);
  pair.run(20);
  deepEqual(pair.errors.sort(), ["403", "busy"]);
});

Deno.test("[DRV12] a vehicle whose clock stands in 1970 is driven, and so is one that jumps", () => {
  const pair = new ControlPair({ profile: mapProfile, vehicleEpoch: 0 }).run(2_000);
  equal(Math.round(pair.driver.latency!.offset / 1000), -1_700_000_000);
  pair.driver.drive(AHEAD, pair.now);
  pair.run(20);
  deepEqual(pair.controls, [AHEAD]);
  pair.inject("vehicle", message({ type: "Control", payload: REST }, 1_600_000_000));
  deepEqual(pair.controls, [AHEAD], "a sender whose clock went back");
  pair.inject("vehicle", message({ type: "Control", payload: REST }, 1_800_000_000));
  deepEqual(pair.controls, [AHEAD, REST], "a sender whose clock went on");
  pair.run(20_000);
  pair.driver.drive(AHEAD, pair.now);
  pair.run(20);
  deepEqual(pair.controls.at(-1), AHEAD, "the handshake begins a new order");
});

function message(
  part: Omit<Extract<ControlMessage, { type: "Control" | "Heartbeat" | "Telemetry" }>, "timestamp">,
  timestamp = 1_700_000_000,
): Uint8Array {
  return mapCodec.encode({ ...part, timestamp } as ControlMessage);
}

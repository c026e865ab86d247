/**
 * What the protocol _control-channel_ says, statement by statement. "Streamer" is the vehicle's end, "viewer" the
 * driving end. Unless a row says otherwise it holds in both profiles.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { EpochMillis, Millis } from "../../../protocol/clock.ts";
import type { ControlMessage } from "../../../protocol/control/control.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { mapCodec } from "../../../protocol/control/control_map.ts";
import {
  compactProfile,
  type ControlProfile,
  mapProfile,
} from "../../../protocol/driving/profile.ts";
import { VehicleEnd } from "../../../protocol/driving/vehicle_end.ts";
import { pack, unpack } from "../../../protocol/msgpack.ts";
import { ControlPair } from "../../support/driving/pair.ts";
import { testStatements } from "../../support/statements/statements.ts";

const EPOCH = 1_700_000_000_000;
const SECONDS = EPOCH / 1000;
const AHEAD = { steering: 0.5, throttle: 1 };
const LEFT = { steering: -1, throttle: 0 };
const PROFILES = [mapProfile, compactProfile];

/** One message of each type that the protocol names. */
const MESSAGES: readonly ControlMessage[] = [
  { type: "Syn", timestamp: 5, payload: {} },
  { type: "Ack", timestamp: 5, payload: {} },
  { type: "Heartbeat", timestamp: 5, payload: {} },
  { type: "Telemetry", timestamp: 5, payload: { bat: 7.4 } },
  { type: "Control", timestamp: 5, payload: LEFT },
  { type: "Command", timestamp: 5, payload: { id: "1", command: "trim", parameters: { by: 1 } } },
  { type: "Latency", timestamp: 5, payload: {} },
];

testStatements([
  ["DRV2", "the streamer begins: the viewer sends nothing before a Syn", () => {
    for (const pair of pairs()) {
      pair.loss = 1;
      pair.driver.drive(AHEAD, pair.now);
      pair.run(5_000);
      deepEqual(pair.sent.filter(({ from }) => from === "driver"), []);
      ok(pair.sentBy("vehicle", "Syn").length >= 5, "the way through a NAT is kept open");
    }
  }],
  ["DRV5", "the channel goes both ways once it is open", () => {
    for (const pair of pairs()) {
      pair.run(50, (now) => {
        pair.vehicle.telemetry({ bat: 7 });
        pair.driver.drive(LEFT, now);
      });
      ok(pair.controls.length > 0 && pair.telemetry.length > 0);
    }
  }],
  // Both directions use one socket on each end, because a NAT lets in what answers to it (DRV16).
  ["DRV15", "each end sends and receives", () => {
    for (const pair of pairs()) {
      pair.run(3_000);
      for (const end of ["vehicle", "driver"] as const) {
        ok(pair.sent.some(({ from }) => from === end));
        ok(pair[end].figures.accepted > 0);
      }
    }
  }],
  ["CTL1", "there are Syn, Ack, Heartbeat, Telemetry, Control, Command and Latency", () => {
    for (const codec of [mapCodec, compactCodec]) {
      for (const message of MESSAGES) deepEqual(codec.decode(codec.encode(message)), message);
    }
  }],
  ["DRV2", "first the streamer's Syn, then the viewer's Ack, and both are connected", () => {
    for (const pair of pairs()) {
      pair.run(30);
      deepEqual(pair.sent.slice(0, 2).map(({ from, message }) => `${from} ${message.type}`), [
        "vehicle Syn",
        "driver Ack",
      ]);
      deepEqual([pair.vehicle.state, pair.driver.state], ["connected", "connected"]);
    }
  }],
  ["DRV2", "each Syn is answered by an Ack, a repeated one too", () => {
    for (const profile of PROFILES) {
      const pair = new ControlPair({ profile }).run(50);
      const before = pair.sentBy("driver", "Ack").length;
      for (let n = 1; n <= 3; n++) {
        const syn = { type: "Syn", timestamp: SECONDS + n, payload: {} } as const;
        pair.inject("driver", profile.codec.encode(syn));
      }
      equal(pair.sentBy("driver", "Ack").length, before + 3);
    }
  }],
  [
    "DRV4",
    "then the streamer sends Telemetry, Latency and Heartbeat, and nothing that drives",
    () => {
      for (const pair of pairs()) {
        pair.run(2_500);
        pair.run(2_500, () => pair.vehicle.telemetry({ bat: 7 }));
        const types = new Set(
          pair.sent.filter(({ from }) => from === "vehicle")
            .map(({ message }) => message.type),
        );
        deepEqual([...types].sort(), ["Heartbeat", "Latency", "Syn", "Telemetry"]);
      }
    },
  ],
  ["DRV5", "and the viewer sends Command, Latency and Control", () => {
    for (const pair of pairs()) {
      pair.run(50);
      pair.driver.command({ command: "trim", ended: () => {} }, pair.now);
      pair.run(2_000, (now) => pair.driver.drive(AHEAD, now));
      const types = new Set(
        pair.sent.filter(({ from }) => from === "driver")
          .map(({ message }) => message.type),
      );
      deepEqual([...types].sort(), ["Ack", "Command", "Control", "Latency"]);
    }
  }],
  // Our viewer has nothing to measure, and sends a Heartbeat in place of Telemetry (DRV4).
  ["DRV4", "a viewer's Telemetry keeps the connection, and so does our Heartbeat", () => {
    for (const profile of PROFILES) {
      const pair = new ControlPair({ profile }).run(50);
      pair.loss = 1;
      for (let second = 1; second <= 12; second++) {
        const timestamp = SECONDS + pair.now / 1000;
        const telemetry = { type: "Telemetry", timestamp, payload: { fps: 30 } } as const;
        pair.inject("vehicle", profile.codec.encode(telemetry));
        pair.run(1_000);
      }
      equal(pair.vehicle.state, "connected");
      const idle = new ControlPair({ profile }).run(20_000);
      ok(idle.sentBy("driver", "Heartbeat").length >= 15);
      equal(idle.vehicle.state, "connected");
    }
  }],
  [
    "DRV9",
    "either end answers a Latency with its clock, and with the time that it was asked with",
    () => {
      for (const profile of PROFILES) {
        for (const end of ["vehicle", "driver"] as const) {
          const pair = new ControlPair({ profile, vehicleEpoch: EPOCH + 9_000 }).run(50);
          pair.inject(end, profile.codec.encode({ type: "Latency", timestamp: 77, payload: {} }));
          const [answer] = pair.sentBy(end, "Latency").filter(({ message }) =>
            message.timestamp === 77
          );
          const { at } = answer!.message.payload as { at: number };
          const clock = (EPOCH + (end === "vehicle" ? 9_000 : 0) + pair.now) / 1000;
          ok(Math.abs(profile.difference(at, clock)) <= 1, `${at}, ${clock}`);
        }
      }
    },
  ],
  ["CTL2", "a message is packed as a msgpack map, and built again from it", () => {
    for (const message of MESSAGES) {
      const packed = unpack(mapCodec.encode(message)) as Record<string, unknown>;
      deepEqual(Object.keys(packed), ["t", "p", "d"]);
      deepEqual(mapCodec.decode(pack(packed)), message);
    }
  }],
  ["CTL2", "each says its type, its time and its payload", () => {
    for (const message of MESSAGES) {
      const { t, p, d } = unpack(mapCodec.encode(message)) as Record<string, unknown>;
      deepEqual([t, typeof p, d], [message.type, "object", 5]);
      const [code, ms] = unpack(compactCodec.encode(message)) as unknown[];
      deepEqual([typeof code, ms], ["number", 5_000]);
    }
  }],
  ["CTL5", "a message without its type, time or payload is none", () => {
    for (const key of ["t", "p", "d"]) {
      const whole: Record<string, unknown> = { t: "Heartbeat", p: {}, d: 5 };
      ok(mapCodec.decode(pack(whole)));
      delete whole[key];
      equal(mapCodec.decode(pack(whole)), undefined, key);
    }
  }],
  ["CTL1", "where type and time are enough, the payload is empty", () => {
    for (const type of ["Syn", "Ack", "Heartbeat", "Latency"] as const) {
      const message = { type, timestamp: 5, payload: {} } as ControlMessage;
      deepEqual((unpack(mapCodec.encode(message)) as { p: unknown }).p, {});
      equal((unpack(compactCodec.encode(message)) as unknown[]).length, 2);
    }
  }],
  ["DRV7", "by its time a message that is out of order is discarded", () => {
    for (const profile of PROFILES) {
      const { vehicle, controls } = connectedVehicle(profile);
      const order = [30, 10, 40, 20, 50];
      for (const ms of order) {
        const payload = { steering: 0, throttle: ms / 100 };
        vehicle.receive(control(profile, ms, payload), ms as Millis);
      }
      deepEqual(controls.map(({ throttle }) => Math.round(throttle * 100)), [30, 40, 50]);
      equal(vehicle.figures.late, 2);
    }
  }],
  ["DRV14", "Syn and Ack have the same size: 21 bytes in the map profile", () => {
    const sizes = (codec: typeof mapCodec) =>
      MESSAGES.slice(0, 2).map((message) =>
        codec.encode({ ...message, timestamp: SECONDS }).length
      );
    deepEqual(sizes(mapCodec), [21, 21]);
    const [syn, ack] = sizes(compactCodec);
    ok(syn === ack && syn! <= 8);
  }],
  // The recorded vehicles spell the names of both values out, which takes 48 bytes; the compact profile takes 16.
  [
    "DRV14",
    "a Control of steering and throttle has one size, well below 35 bytes in the compact profile",
    () => {
      const payload = { steering: 0, throttle: 0 };
      const rest = { type: "Control", timestamp: SECONDS, payload } as const;
      equal(mapCodec.encode(rest).length, 48);
      for (const steering of [-1, -0.3, 0.3, 1]) {
        const moved = { ...rest, payload: { steering, throttle: -steering } };
        ok(compactCodec.encode(moved).length <= 16);
      }
    },
  ],
  [
    "DRV5",
    "a wish that changes is sent as often as the input is read, 30 to 100 times a second",
    () => {
      for (const rate of [30, 60, 100]) {
        const pair = new ControlPair({ driver: { controlRate: 100 } }).run(50);
        let reads = 0;
        let due = pair.now as number;
        pair.run(1_000, (now) => {
          if (now < due) return;
          due += 1000 / rate;
          pair.driver.drive({ steering: (reads++ % 100) / 100, throttle: 1 }, now);
        });
        const { length } = pair.sentBy("driver", "Control");
        ok(length >= rate - 2 && length <= rate + 1, `${length} of ${rate}`);
      }
    },
  ],
  ["DRV6", "a wish that does not change is not sent at that rate", () => {
    const pair = new ControlPair().run(50);
    pair.driver.drive(AHEAD, pair.now);
    pair.run(900);
    equal(pair.sentBy("driver", "Control").length, 1);
  }],
  ["DRV4", "at least once a second something is sent, which keeps the connection", () => {
    for (const pair of pairs()) {
      pair.run(100);
      pair.driver.drive(LEFT, pair.now);
      pair.run(10_000);
      const times = pair.sent.filter(({ from, message }) =>
        from === "driver" && message.type !== "Latency"
      ).map(({ at }) => at);
      const gaps = times.slice(1).map((at, n) => at - times[n]!);
      ok(Math.max(...gaps) <= 1_001, `${Math.max(...gaps)} ms`);
      deepEqual(pair.states, { vehicle: ["connected"], driver: ["connected"] });
    }
  }],
  [
    "CTL3",
    "time may be cut short to save bytes: the compact profile has 5 for it instead of 9",
    () => {
      const beat = { type: "Heartbeat", timestamp: SECONDS, payload: {} } as const;
      const saved = mapCodec.encode(beat).length - compactCodec.encode(beat).length;
      equal(compactCodec.encode(beat).length, 7);
      ok(saved >= 16, `${saved}`);
      equal(compactProfile.difference(2 ** 32 / 1000 + 0.005, 0.002), 3);
    },
  ],
  ["CTL2", "keys are short: one letter in the map profile, none in the compact one", () => {
    for (const message of MESSAGES) {
      const { t: _, ...rest } = unpack(mapCodec.encode(message)) as Record<string, unknown>;
      ok(Object.keys(rest).every((key) => key.length === 1));
      ok(Object.keys(rest.p as object).every((key) => key.length === 1), message.type);
      ok(Array.isArray(unpack(compactCodec.encode(message))));
    }
  }],
]);

function pairs(): readonly ControlPair[] {
  return PROFILES.map((profile) => new ControlPair({ profile }));
}

/** A connected vehicle's end at time 0, and the wishes that it takes. */
function connectedVehicle(profile: ControlProfile) {
  const controls: { throttle: number }[] = [];
  const vehicle = new VehicleEnd({
    profile,
    port: { send: () => true },
    events: {
      changed: () => {},
      control: (state) => void controls.push(state as { throttle: number }),
      controlLost: () => {},
      command: () => {},
      error: () => {},
    },
  }, { epoch: EPOCH as EpochMillis, now: 0 as Millis });
  const ack = { type: "Ack", timestamp: SECONDS, payload: {} } as const;
  vehicle.receive(profile.codec.encode(ack), 0 as Millis);
  return { vehicle, controls };
}

/** A Control that was sent `ms` after the beginning. */
function control(profile: ControlProfile, ms: number, payload: typeof AHEAD) {
  return profile.codec.encode({ type: "Control", timestamp: (EPOCH + ms) / 1000, payload });
}

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type ControlCodec,
  type ControlMessage,
  type DriveState,
  MAX_CONTROL_BYTES,
} from "../../../../protocol/control/control.ts";
import type { PadState } from "../../../../protocol/control/pad.ts";
import { compactCodec, isOlder } from "../../../../protocol/control/control_compact.ts";
import { mapCodec } from "../../../../protocol/control/control_map.ts";
import { pack } from "../../../../protocol/msgpack.ts";

const CODECS: readonly (readonly [string, ControlCodec])[] = [
  ["map", mapCodec],
  ["compact", compactCodec],
];

const axis = fc.integer({ min: -0x8000, max: 0x7fff });
const trigger = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const unit = fc.integer({ min: -32767, max: 32767 }).map((step) => step / 32767 || 0);
const text = fc.string({ maxLength: 20 });
const leaf = fc.oneof(fc.integer(), text, fc.boolean(), fc.constant(null));
const readings = fc.dictionary(
  text.filter((key) => key !== "__proto__"),
  fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
  { maxKeys: 4, noNullPrototype: true },
);
/** Milliseconds, as the compact profile carries them. */
const seconds = fc.integer({ min: 0, max: 0xffff_ffff }).map((ms) => ms / 1000);

const pad = fc.record({
  seq: u16,
  buttons: u16,
  axes: fc.tuple(axis, axis, axis, axis),
  triggers: fc.tuple(trigger, trigger),
});
const drive = fc.record({ steering: unit, throttle: unit });

const message: fc.Arbitrary<ControlMessage> = fc.oneof(
  of("Syn", fc.oneof(fc.constant({}), fc.record({ version: trigger }))),
  of("Ack", fc.constant({})),
  of("SynAck", fc.constant({})),
  of("Heartbeat", fc.constant({})),
  of("Telemetry", readings),
  of("Control", fc.oneof(pad, drive)),
  of("Command", fc.record({ id: text, command: text, parameters: readings })),
  of("CommandAck", fc.record({ id: text })),
  of("Latency", fc.oneof(fc.constant({}), fc.record({ at: seconds }))),
  of("Error", fc.record({ code: text })),
);

function of<T extends string, P>(type: T, payload: fc.Arbitrary<P>) {
  return fc.record({ type: fc.constant(type), timestamp: seconds, payload });
}

for (const [name, codec] of CODECS) {
  Deno.test(`[CTL1] every message survives the ${name} profile`, () => {
    fc.assert(fc.property(message, (sent) => deepEqual(codec.decode(codec.encode(sent)), sent)));
  });

  Deno.test(`[CTL5] random bytes never throw in the ${name} profile`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => isStable(codec, bytes)), {
      numRuns: 2_000,
    });
  });

  Deno.test(`[CTL5] damaged messages never throw in the ${name} profile`, () => {
    const damage = fc.array(fc.tuple(fc.nat(), trigger), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(message, damage, fc.nat(), (sent, places, cut) => {
        const bytes = codec.encode(sent);
        for (const [at, byte] of places) bytes[at % bytes.length] = byte;
        isStable(codec, cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  Deno.test(`[CTL5] any packed value never throws in the ${name} profile`, () => {
    const value = fc.object({ key: fc.constantFrom("t", "p", "d", "v", "toString", "seq") });
    const list = fc.array(fc.oneof(fc.nat(12), fc.object(), text), { maxLength: 4 });
    fc.assert(fc.property(fc.oneof(value, list), (any) => isStable(codec, pack(any))), {
      numRuns: 1_000,
    });
  });

  Deno.test(`[CTL6] more than ${MAX_CONTROL_BYTES} bytes are not looked at (${name})`, () => {
    const sized = (size: number) => {
      const note = "x".repeat(size);
      return codec.encode({ type: "Telemetry", timestamp: 1, payload: { note } });
    };
    const overhead = sized(1000).length - 1000;
    ok(codec.decode(sized(MAX_CONTROL_BYTES - overhead)));
    equal(codec.decode(sized(MAX_CONTROL_BYTES - overhead + 1)), undefined);
  });

  Deno.test(`[CTL5] what is out of range is no message in the ${name} profile`, () => {
    const still: [number, number, number, number] = [0, 0, 0, 0];
    const wrong: readonly ControlMessage["payload"][] = [
      { seq: 65536, buttons: 0, axes: still, triggers: [0, 0] },
      { seq: 0, buttons: -1, axes: still, triggers: [0, 0] },
      { seq: 0, buttons: 0, axes: [32768, 0, 0, 0], triggers: [0, 0] },
      { seq: 0, buttons: 0, axes: still, triggers: [0, 256] },
      { steering: 1.1, throttle: 0 },
    ];
    for (const payload of wrong) {
      const bytes = codec.encode({ type: "Control", timestamp: 1, payload } as ControlMessage);
      equal(codec.decode(bytes), undefined, JSON.stringify(payload));
    }
  });
}

Deno.test("[CTL4] no pad takes more than 32 bytes and no drive more than 16", () => {
  const zero = fc.constant(-0);
  const stick = fc.oneof(axis, zero);
  const anyPad = fc.record({
    seq: u16,
    buttons: u16,
    axes: fc.tuple(stick, stick, stick, stick),
    triggers: fc.tuple(trigger, trigger),
  });
  const anyDrive = fc.record({ steering: fc.oneof(unit, zero), throttle: fc.oneof(unit, zero) });
  const size = (payload: PadState | DriveState) =>
    compactCodec.encode({ type: "Control", timestamp: 4_000_000, payload }).length;
  fc.assert(fc.property(anyPad, anyDrive, (pad, drive) => {
    ok(size(pad) <= 32);
    ok(size(drive) <= 16);
  }));
});

Deno.test("[CTL5] an object where the type should be is no message", () => {
  equal(mapCodec.decode(pack({ t: { toString: 1 }, p: {}, d: 1 })), undefined);
  equal(compactCodec.decode(pack(["5", 0, [0, 0]])), undefined);
});

Deno.test("[CTL5] a payload where none belongs is no message in the compact profile", () => {
  equal(compactCodec.decode(pack([1, 0, {}])), undefined);
  equal(compactCodec.decode(pack([3, 0, null])), undefined);
  equal(compactCodec.decode(pack([1, 0])) !== undefined, true);
});

Deno.test("[CTL5] a fraction where a whole number belongs is no message in the compact profile", () => {
  equal(compactCodec.decode(pack([5, 0, [0.5, 0]])), undefined);
  equal(compactCodec.decode(pack([5, 0, [0, -0.5]])), undefined);
  equal(compactCodec.decode(pack([5, 0.5, [0, 0]])), undefined);
  equal(compactCodec.decode(pack([8, 0, 0.5])), undefined);
});

Deno.test("[CTL3] the compact time wraps at 2³² milliseconds", () => {
  const sent: ControlMessage = { type: "Ack", timestamp: 2 ** 32 / 1000 + 5, payload: {} };
  equal(compactCodec.decode(compactCodec.encode(sent))?.timestamp, 5);
});

Deno.test("[CTL7] an older time is older across the wrap-around", () => {
  const end = (2 ** 32 - 1) / 1000;
  ok(isOlder(1, 2));
  ok(!isOlder(2, 1));
  ok(!isOlder(2, 2));
  ok(isOlder(end, 0));
  ok(!isOlder(0, end));
});

Deno.test("[CTL7] of two times less than 24 days apart exactly one is older", () => {
  const step = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), step, (ms, ahead) => {
    const [earlier, later] = [ms / 1000, ((ms + ahead) % 2 ** 32) / 1000];
    ok(isOlder(earlier, later) && !isOlder(later, earlier));
  }));
});

/** What is accepted means the same after it was encoded again. */
function isStable(codec: ControlCodec, bytes: Uint8Array): void {
  const read = codec.decode(bytes);
  if (read) deepEqual(codec.decode(codec.encode(read)), read);
}

import { deepEqual, doesNotThrow, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_ENTITIES } from "../../../../protocol/room_state/document.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { pack } from "../../../../protocol/msgpack.ts";
import {
  decodeIntent,
  decodeState,
  encodeIntent,
  encodeState,
  type Intent,
  MAX_INTENT_BYTES,
  MAX_STATE_BYTES,
  type StateMessage,
} from "../../../../protocol/room_state/wire.ts";
import vectors from "../../../vectors/room_state.json" with { type: "json" };

for (const { name, intent, hex } of vectors.intents) {
  Deno.test(`[RDO10] the intent "${name}" has its bytes`, () => {
    equal(toHex(encodeIntent(intent as Intent)), hex);
    deepEqual(decodeIntent(fromHex(hex)), intent);
  });
}

for (const { name, message, hex } of vectors.states) {
  Deno.test(`[RDO10] the document message "${name}" has its bytes`, () => {
    equal(toHex(encodeState(message as unknown as StateMessage)), hex);
    deepEqual(decodeState(fromHex(hex)), message);
  });
}

Deno.test("[RDO11] the widest intent takes at most 39 bytes, one at rest at most 24", () => {
  const bytes = (name: string) =>
    vectors.intents.find((vector) => vector.name === name)!.hex.length / 2;
  ok(bytes("everything at its widest") <= 39);
  ok(bytes("a pad at rest") <= 24);
  ok(bytes("a watcher") <= 13);
});

Deno.test("[RDO12] noise is no message, and reading it never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    doesNotThrow(() => decodeIntent(bytes));
    doesNotThrow(() => decodeState(bytes));
  }));
});

Deno.test("[RDO12] a changed byte gives another message or none", () => {
  const all = [...vectors.intents, ...vectors.states].map(({ hex }) => fromHex(hex));
  fc.assert(fc.property(fc.constantFrom(...all), fc.nat(), fc.nat(255), (bytes, at, value) => {
    const changed = bytes.with(at % bytes.length, value);
    const intent = decodeIntent(changed);
    if (intent) deepEqual(decodeIntent(encodeIntent(intent)), intent);
    const state = decodeState(changed);
    if (state) deepEqual(decodeState(encodeState(state)), state);
  }));
});

Deno.test("[RDO12] values of the wrong kind are no message", () => {
  const value = fc.anything({ maxDepth: 3, withNullPrototype: false });
  fc.assert(
    fc.property(fc.constantFrom(32, 33, 34), fc.array(value, { maxLength: 4 }), (code, rest) => {
      let bytes: Uint8Array;
      try {
        bytes = pack([code, ...rest]);
      } catch {
        return; // no value of msgpack
      }
      doesNotThrow(() => [decodeIntent(bytes), decodeState(bytes)]);
    }),
  );
});

for (
  const [name, entities] of [
    ["a name that is none", { "P 1": {} }],
    ["an entity that is no object", { p1: 1 }],
    ["a component with null", { p1: { person: { name: null } } }],
    ["a component with bytes", { p1: { person: new Uint8Array(2) } }],
    ["components within components within components", {
      p1: { a: { b: { c: { d: { e: { f: 1 } } } } } },
    }],
    ["more entities than a document has", many(MAX_ENTITIES + 1)],
  ] as const
) {
  Deno.test(`[RDO12] a document with ${name} is refused`, () => {
    equal(decodeState(pack([33, 1, entities])), undefined);
  });
}

Deno.test("[RDO12] what is too large is not looked at", () => {
  ok(decodeState(pack([33, 1, many(MAX_ENTITIES)])));
  equal(decodeState(pack([33, 1, { p1: { chat: "x".repeat(MAX_STATE_BYTES) } }])), undefined);
  equal(decodeIntent(new Uint8Array(MAX_INTENT_BYTES + 1)), undefined);
});

Deno.test("[RDO13] neither end takes a room's message for a control message, nor the other way round", () => {
  for (const { hex } of [...vectors.intents, ...vectors.states]) {
    equal(compactCodec.decode(fromHex(hex)), undefined);
  }
  const heartbeat = compactCodec.encode({ type: "Heartbeat", timestamp: 1, payload: {} });
  equal(decodeIntent(heartbeat), undefined);
  equal(decodeState(heartbeat), undefined);
});

function many(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, {}]));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { pack, unpack } from "../../../protocol/msgpack.ts";

Deno.test("[CTL5] plain data survives", () => {
  const value = { a: [1, -2.5, "é", true, null], b: Uint8Array.of(1, 2), c: {} };
  deepEqual(plain(unpack(pack(value))), plain(value));
});

for (
  const [what, bytes] of [
    ["nothing", []],
    ["a reserved byte", [0xc1]],
    ["a cut string", [0xa5, 0x61]],
    ["bytes left over", [0x01, 0x02]],
    ["an extension type", [0xd6, 0xff, 0, 0, 0, 1]],
    ["an extension type inside a list", [0x91, 0xd6, 0xff, 0, 0, 0, 1]],
    ["a reserved byte inside a map", [0x81, 0xa1, 0x61, 0xc1]],
  ] as const
) {
  Deno.test(`[CTL5] ${what} is no value`, () => equal(unpack(Uint8Array.from(bytes)), undefined));
}

Deno.test("[CTL5] a map cannot reach an object's prototype", () => {
  const name = new TextEncoder().encode("__proto__");
  const value = unpack(Uint8Array.of(0x81, 0xa9, ...name, 0x81, 0xa1, 0x61, 1));
  equal(Object.getPrototypeOf(value), Object.prototype);
  equal("a" in Object(value), false);
});

Deno.test("[CTL5] random bytes never throw, and what is read survives", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const value = unpack(bytes);
      if (value !== undefined) deepEqual(plain(unpack(pack(value))), plain(value));
    }),
    { numRuns: 5_000 },
  );
});

/** The same value with bytes as plain lists: a decoder may use any subclass of `Uint8Array`. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return ["bytes", ...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

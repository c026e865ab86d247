import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { pack } from "../../../../protocol/msgpack.ts";
import { decodeRumble, encodeRumble } from "../../../../protocol/rumble/rumble.ts";

Deno.test("[RUM1] a message is what was sent, in at most 12 bytes", () => {
  const level = fc.nat(255);
  fc.assert(fc.property(fc.nat(0xffff_ffff), fc.nat(3), level, level, (at, seat, strong, weak) => {
    const bytes = encodeRumble({ at, seat, strong, weak });
    ok(bytes.length <= 12, `${bytes.length}`);
    deepEqual(decodeRumble(bytes), { at, seat, strong, weak });
  }));
  equal(
    encodeRumble({ at: 2 ** 32 + 5.5, seat: 1, strong: 255, weak: 0 }).toHex(),
    "95280501ccff00",
  );
});

Deno.test("[RUM1] what is malformed or out of range is no message", () => {
  const messages: unknown[] = [
    [40, 1, 0, 256, 0],
    [40, 1, 0, -1, 0],
    [40, 1, 0, 1.5, 0],
    [40, -1, 0, 1, 1],
    [40, 2 ** 32, 0, 1, 1],
    [40, "1", 0, 1, 1],
    [40, 1, 99, 1, 1],
    [41, 1, 0, 1, 1],
    [40, 1, 0, 1],
    [40, 1, 0, 1, 1, 1],
    { 0: 40 },
    null,
    "x".repeat(300),
  ];
  for (const message of messages) {
    equal(decodeRumble(pack(message)), undefined, JSON.stringify(message)?.slice(0, 40));
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    decodeRumble(bytes);
  }));
});

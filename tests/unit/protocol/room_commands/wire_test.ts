import { deepEqual, doesNotThrow, equal } from "node:assert/strict";
import fc from "fast-check";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import {
  decodeFromPage,
  decodeToPage,
  encodeFromPage,
  encodeToPage,
  type FromPage,
  MAX_COMMAND_BYTES,
  type ToPage,
} from "../../../../protocol/room_commands/wire.ts";
import { decodeIntent, decodeState } from "../../../../protocol/room_state/wire.ts";
import vectors from "../../../vectors/room_commands.json" with { type: "json" };

for (const { name, message, hex } of vectors.from_page) {
  Deno.test(`[RCM1] ${name} of a page has its bytes`, () => {
    equal(encodeFromPage(message as FromPage).toHex(), hex);
    deepEqual(decodeFromPage(Uint8Array.fromHex(hex)), message);
  });
}

for (const { name, message, hex } of vectors.to_page) {
  Deno.test(`[RCM1] ${name} of the worker has its bytes`, () => {
    equal(encodeToPage(message as ToPage).toHex(), hex);
    deepEqual(decodeToPage(Uint8Array.fromHex(hex)), message);
  });
}

Deno.test("[RCM1] noise is no message, and reading it never throws", () => {
  const known = [...vectors.from_page, ...vectors.to_page].map(({ hex }) =>
    Uint8Array.fromHex(hex)
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    doesNotThrow(() => [decodeFromPage(bytes), decodeToPage(bytes)]);
  }));
  fc.assert(fc.property(fc.constantFrom(...known), fc.nat(), fc.nat(255), (bytes, at, value) => {
    const changed = bytes.with(at % bytes.length, value);
    doesNotThrow(() => [decodeFromPage(changed), decodeToPage(changed)]);
  }));
});

Deno.test("[RCM1] what is too large is not looked at", () => {
  const body = { text: "x".repeat(MAX_COMMAND_BYTES) };
  equal(decodeFromPage(encodeFromPage({ type: "oneway", verb: "chat.say", body })), undefined);
});

Deno.test("[RDO13] commands are no control messages and no documents, and the other way round", () => {
  for (const { hex } of [...vectors.from_page, ...vectors.to_page]) {
    const bytes = Uint8Array.fromHex(hex);
    deepEqual([compactCodec.decode(bytes), decodeIntent(bytes), decodeState(bytes)], [
      undefined,
      undefined,
      undefined,
    ]);
  }
  const payload = { id: "1", command: "arm", parameters: {} };
  const command = compactCodec.encode({ type: "Command", timestamp: 1, payload });
  equal(decodeFromPage(command), undefined);
});

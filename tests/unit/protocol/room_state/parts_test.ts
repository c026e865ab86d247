import { deepEqual, doesNotThrow, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { CHANNELS } from "../../../../protocol/control/channels.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { pack } from "../../../../protocol/msgpack.ts";
import { encodeParts, PART_BYTES, StateReader } from "../../../../protocol/room_state/parts.ts";
import { decodeIntent, MAX_STATE_BYTES } from "../../../../protocol/room_state/wire.ts";
import vectors from "../../../vectors/room_state.json" with { type: "json" };

/** A document of about so many bytes. */
function documentOf(bytes: number, revision = 7) {
  const entities = { c1: { chat: { text: "x".repeat(bytes) } } };
  return { type: "set", revision, entities } as const;
}

Deno.test("[RDO10] a part has its bytes", () => {
  for (const { name, from, hex } of vectors.parts) {
    const { revision, entities } = documentOf(1_300, 0xffff_ffff);
    const message = from === 0
      ? { type: "set", revision, entities } as const
      : { type: "merge", revision, from, patch: entities } as const;
    deepEqual(encodeParts(message).map((part) => part.toHex()), hex, name);
  }
});

Deno.test("[RDO19] what fits one message is one, and anything longer goes in parts of one packet each", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: MAX_STATE_BYTES - 64 }), (bytes) => {
    const message = documentOf(bytes);
    const parts = encodeParts(message);
    ok(parts.every(({ length }) => length <= CHANNELS.state.most));
    equal(parts.length > 1, bytes + 32 > CHANNELS.state.most);
    const reader = new StateReader();
    const read = parts.map((part) => reader.read(part));
    deepEqual(read.at(-1), message);
    ok(read.slice(0, -1).every((each) => each === "part"));
  }));
});

Deno.test("[RDO19] in whatever order parts come, lost, repeated and mixed with others, they make their document or none", () => {
  const documents = [documentOf(3_000, 7), documentOf(4_000, 8), documentOf(3_000, 8)];
  const change = { type: "merge", revision: 8, from: 7, patch: documents[1]!.entities } as const;
  const all = [...documents, change].flatMap((message) =>
    encodeParts(message).map((bytes) => ({ bytes, message }))
  );
  fc.assert(fc.property(fc.array(fc.constantFrom(...all), { maxLength: 60 }), (sent) => {
    const reader = new StateReader();
    for (const { bytes, message } of sent) {
      const read = reader.read(bytes);
      if (read !== "part") deepEqual(read, message);
    }
    // Repeated as a whole, the newest one arrives.
    const read = encodeParts(documentOf(5_000, 9)).map((part) => reader.read(part));
    deepEqual(read.at(-1), documentOf(5_000, 9));
  }));
});

Deno.test("[RDO19] a repetition brings the parts that were lost", () => {
  const reader = new StateReader();
  const message = documentOf(6_000);
  const parts = encodeParts(message);
  for (const [index, part] of parts.entries()) if (index % 2 === 0) reader.read(part);
  const read = parts.filter((_, index) => index % 2 === 1).map((part) => reader.read(part));
  deepEqual(read.at(-1), message);
});

const bytes = new Uint8Array(PART_BYTES);
for (
  const [what, part] of [
    ["of no document", [41, 0, 0, 0, 2, bytes]],
    ["without a number", [41, 1, 0, -1, 2, bytes]],
    ["beyond the last", [41, 1, 0, 2, 2, bytes]],
    ["that is the only one", [41, 1, 0, 0, 1, bytes]],
    ["of more than a document has", [41, 1, 0, 0, 60, bytes]],
    ["that is short and not the last", [41, 1, 0, 0, 2, bytes.subarray(1)]],
    ["that is empty", [41, 1, 0, 1, 2, new Uint8Array()]],
    ["that is too long", [41, 1, 0, 1, 2, new Uint8Array(PART_BYTES + 1)]],
    ["with something after it", [41, 1, 0, 0, 2, bytes, 1]],
    ["that is text", [41, 1, 0, 1, 2, "text"]],
  ] as const
) {
  Deno.test(`[RDO12] a part ${what} is no message`, () => {
    equal(new StateReader().read(pack(part)), undefined);
  });
}

Deno.test("[RDO12] parts of no document give none, and noise never throws", () => {
  const reader = new StateReader();
  equal(reader.read(pack([41, 1, 0, 0, 2, bytes])), "part");
  equal(reader.read(pack([41, 1, 0, 1, 2, bytes])), "part");
  const known = encodeParts(documentOf(1_300));
  fc.assert(fc.property(fc.constantFrom(...known), fc.nat(), fc.nat(255), (part, at, value) => {
    doesNotThrow(() => reader.read(part.with(at % 20, value)));
  }));
});

Deno.test("[RDO13] a part is no control message and no intent", () => {
  for (const part of encodeParts(documentOf(1_300))) {
    deepEqual([compactCodec.decode(part), decodeIntent(part)], [undefined, undefined]);
  }
});

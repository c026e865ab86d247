import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  applyPatch,
  type Json,
  type JsonObject,
  makePatch,
} from "../../../../protocol/room_state/merge_patch.ts";
import vectors from "../../../vectors/merge_patch.json" with { type: "json" };

/** A document's value: JSON without `null`. */
const { object } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(0, 1, "", "a", true),
    fc.array(fc.constantFrom<Json>(1, "b"), { maxLength: 2 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), tie("value"), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));

for (const { name, target, patch, result } of vectors) {
  Deno.test(`[RDO2] a merge patch ${name}`, () => {
    deepEqual(applyPatch(target as Json, patch as Json), result);
  });
}

Deno.test("[RDO2] the patch between any two documents turns the one into the other", () => {
  fc.assert(fc.property(object, object, (from, to) => {
    const patch = makePatch(from, to);
    deepEqual(patch ? applyPatch(from, patch) : from, to);
  }));
});

Deno.test("[RDO2] equal documents have no patch", () => {
  fc.assert(fc.property(object, (document) => {
    equal(makePatch(document, structuredClone(document)), undefined);
  }));
});

Deno.test("[RDO2] a patch changes neither the document nor a prototype", () => {
  const document = Object.freeze({ a: Object.freeze({ b: 1 }) });
  const patch = JSON.parse('{"a":{"b":2},"__proto__":{"evil":true}}');
  const after = applyPatch(document, patch) as JsonObject;
  deepEqual(document, { a: { b: 1 } });
  deepEqual(after.a, { b: 2 });
  equal(({} as Record<string, unknown>).evil, undefined);
});

Deno.test("[RDO2] what a patch leaves alone stays the same object", () => {
  const kept = { x: 1 };
  const after = applyPatch({ kept, other: 1 }, { other: 2 }) as JsonObject;
  equal(after.kept, kept);
});

import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { AppId } from "../../../protocol/ids.ts";
import { earlierIdsOf, idOf, slugOf, titleOf } from "../../../worker/library/titles.ts";

for (
  const [path, title] of [
    ["nes/Legend of Nobody, The (USA) [!].nes", "The Legend of Nobody"],
    ["Boss's_Awakening (Demo).nes", "Boss's Awakening"],
    ["Duel, A - Part 2 (Europe) (Rev 1).gba", "A Duel - Part 2"],
    ["[BIOS] (World).gb", "[BIOS] (World)"],
    ["plain.nes", "plain"],
    ["Dr. Who.v1.sfc", "Dr. Who.v1"],
  ] as const
) {
  Deno.test(`[LIB3] the title of ${path} is ${title}`, () => equal(titleOf(path), title));
}

for (
  const [path, slug] of [
    ["nes/Nobody (USA) [!].nes", "nes-nobody-usa"],
    ["Pokémon's Çase.gb", "pokemons-case"],
    ["日本.nes", "game"],
    ["__x__.nes", "x"],
  ] as const
) {
  Deno.test(`[LIB2] ${path} has the words ${slug}`, () => equal(slugOf(path), slug));
}

const path = fc.oneof(
  fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }),
  fc.stringMatching(/^[a-bA-B]{1,3}([ ._/-][a-b]{1,2}){0,2}\.(nes|gb)$/),
  fc.stringMatching(/^a(-[0-9a-f]{12})?(\.nes)?$/),
);

Deno.test("[LIB2] any path has a title and a valid id within their bounds", () => {
  fc.assert(fc.property(path, (path) => {
    ok(AppId.safeParse(idOf(path)).success, idOf(path));
    for (const id of earlierIdsOf(path)) ok(AppId.safeParse(id).success, id);
    ok(titleOf(`x${path}`).length <= 120);
  }));
});

Deno.test("[LIB2] distinct paths have distinct ids", () => {
  fc.assert(fc.property(path, path, (a, b) => {
    if (a !== b) notEqual(idOf(a), idOf(b));
    // A path that looks like the id of another path has a different id.
    if (idOf(a) !== a) notEqual(idOf(idOf(a)), idOf(a));
  }));
});

Deno.test("[LIB2] a file name that is a valid id is the id; other ids are words and a hash", () => {
  equal(idOf("Mario.nes"), "Mario.nes");
  equal(idOf("super_mario-2.gb"), "super_mario-2.gb");
  match(idOf("nes/Nobody (USA).nes"), /^nes-nobody-usa-[0-9a-f]{12}$/);
  match(idOf("スーパー.nes"), /^game-[0-9a-f]{12}$/);
  notEqual(idOf("スーパー.nes"), idOf("ゼルダ.nes"));
  deepEqual(earlierIdsOf("Mario.nes").map((id) => id.replace(/[0-9a-f]{8}$/, "…")), [
    "mario",
    "mario-…",
  ]);
});

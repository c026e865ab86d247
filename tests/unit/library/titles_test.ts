import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { AppId } from "../../../protocol/ids.ts";
import { slugOf, titleOf } from "../../../worker/library/titles.ts";

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
  Deno.test(`[LIB3] ${path} is called ${title}`, () => equal(titleOf(path), title));
}

for (
  const [path, slug] of [
    ["nes/Nobody (USA) [!].nes", "nes-nobody-usa"],
    ["Pokémon's Çase.gb", "pokemons-case"],
    ["日本.nes", "game"],
    ["__x__.nes", "x"],
  ] as const
) {
  Deno.test(`[LIB2] ${path} has the id ${slug}`, () => equal(slugOf(path), slug));
}

Deno.test("[LIB2] any path has a title and a valid id within their bounds", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }), (path) => {
    ok(AppId.safeParse(slugOf(path)).success, slugOf(path));
    ok(titleOf(`x${path}`).length <= 120);
  }));
});

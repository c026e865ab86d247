import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { buildPaddleDuel } from "../../../worker/sources/demo/build_rom.ts";
import { openJsnes } from "../../../worker/sources/jsnes_source.ts";
import { batteryCounter } from "../../support/cartridges.ts";
import { fingerprint, held, opened, play, refusal } from "../../support/screen.ts";

const duel = () => openJsnes({ rom: buildPaddleDuel(), path: "duel.nes" });

Deno.test("[SRC6] a step yields a whole picture and its sound", () => {
  using game = opened(duel());
  play(game, 30);
  const { picture, sound } = game.step([]);
  deepEqual(
    [picture!.width, picture!.height, picture!.stride, picture!.data.length],
    [256, 240, 1024, 256 * 240 * 4],
  );
  equal(sound.length % 2, 0);
  ok(Math.abs(sound.length / 2 - 48_000 / game.info.frameRate) < 2);
});

Deno.test("[SRC6] colours are those of the console: the left paddle is cyan", () => {
  using game = opened(duel());
  const { data, width } = play(game, 30);
  const at = (136 * width + 20) * 4;
  deepEqual([...data.subarray(at, at + 3)], [24, 226, 229]);
});

Deno.test("[SRC2] sixty pictures after a saved state are the same as sixty pictures after it is loaded", () => {
  using game = opened(duel());
  play(game, 90, [held("up")]);
  const state = game.save()!;
  const once = fingerprint(play(game, 60, [held("down")]));
  play(game, 33);
  equal(game.load(state), true);
  equal(fingerprint(play(game, 60, [held("down")])), once);
});

Deno.test("[SRC2] a state is loaded in another room of the same game, and refused by another game", () => {
  using game = opened(duel());
  using same = opened(duel());
  using other = opened(openJsnes({ rom: batteryCounter(), path: "counter.nes" }));
  play(game, 50);
  const state = game.save()!;
  equal(same.load(state), true);
  equal(fingerprint(play(same, 1)), fingerprint(play(game, 1)));
  equal(other.load(state), false);
});

Deno.test("[SRC2] a broken state is refused and the game continues", () => {
  using game = opened(duel());
  play(game, 20);
  const state = game.save()!;
  state[state.length - 1]! ^= 1;
  equal(game.load(state), false);
  equal(game.load(new Uint8Array(3)), false);
  play(game, 5);
});

Deno.test("[SRC6] a reset starts the game again", () => {
  using game = opened(duel());
  const first = fingerprint(play(game, 40));
  play(game, 50, [held("up")]);
  game.reset();
  equal(fingerprint(play(game, 40)), first);
});

/** Sessions of that cartridge with one folder for what they keep; each picture shows the count. */
function counterSessions() {
  const saves = Deno.makeTempDirSync();
  return {
    open: () => opened(openJsnes({ rom: batteryCounter(), path: "/games/counter.nes", saves })),
    [Symbol.dispose]: () => Deno.removeSync(saves, { recursive: true }),
  };
}

Deno.test("[SRC3] a cartridge's memory is kept over a reset and over the session's end", () => {
  using sessions = counterSessions();
  const counts: number[] = [];
  for (let session = 0; session < 2; session++) {
    using game = sessions.open();
    counts.push(fingerprint(play(game, 10)));
    game.reset();
    counts.push(fingerprint(play(game, 10)));
  }
  equal(new Set(counts).size, 4);
  using forgetful = opened(openJsnes({ rom: batteryCounter(), path: "/games/counter.nes" }));
  equal(fingerprint(play(forgetful, 10)), counts[0]);
});

Deno.test("[SRC3] a loaded state replaces the memory by its own", () => {
  using sessions = counterSessions();
  using game = sessions.open();
  play(game, 10);
  const state = game.save()!;
  game.reset();
  const second = fingerprint(play(game, 10));
  game.reset();
  notEqual(fingerprint(play(game, 10)), second);
  equal(game.load(state), true);
  game.reset();
  equal(fingerprint(play(game, 10)), second);
});

Deno.test("[SRC5] the stick moves what the directional pad moves", () => {
  using game = opened(duel());
  using other = opened(duel());
  play(game, 20);
  play(other, 20);
  const stick = { ...held(), axes: [0, -0x8000, 0, 0] as [number, number, number, number] };
  equal(fingerprint(play(game, 9, [stick])), fingerprint(play(other, 9, [held("up")])));
});

const cut = buildPaddleDuel().subarray(0, 20_000);
const strange = buildPaddleDuel();
strange[6]! |= 0xf0;
for (
  const [what, rom, sentence] of [
    ["no cartridge", new Uint8Array(9), /"x\.nes": the file does not begin like a NES cartridge/],
    ["a file that is cut short", new Uint8Array(cut), /the file is cut short: it has 20000 bytes/],
    ["an unknown mapper", strange, /mapper 15, which the embedded core does not know\. Install /],
  ] as const
) {
  Deno.test(`[SRC1] ${what} is refused with its reason`, () => {
    const error = refusal(openJsnes({ rom, path: "/games/x.nes" }));
    match(error, /^Cannot open the game "x\.nes": /);
    match(error, sentence);
  });
}

import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { readBarCode } from "../../../../protocol/picture/bar_code.ts";
import type { Button, PadState } from "../../../../protocol/control/pad.ts";
import { assemble } from "../../../../worker/sources/demo/assembler.ts";
import { buildPaddleDuel } from "../../../../worker/sources/demo/build_rom.ts";
import { readTiles } from "../../../../worker/sources/demo/tiles.ts";
import { openSource } from "../../../../worker/sources/open_source.ts";
import { fingerprint, held, opened, play } from "../../../support/screen.ts";
import { watchMemory } from "../../../support/media/nes_memory.ts";

const demo = new URL("../../../../worker/sources/demo/", import.meta.url);
const { names } = readTiles(Deno.readTextFileSync(new URL("paddle_duel.tiles", demo)));
const { symbols } = assemble(Deno.readTextFileSync(new URL("paddle_duel.asm", demo)), names);

const TEN_SECONDS = 610;
const start = () => opened(openSource({ kind: "builtin", name: "paddle-duel" }));

/** The game, with access to its variables. */
function setup() {
  const nes = watchMemory(buildPaddleDuel());
  const read = (name: string, index = 0) => nes.memory[symbols.get(name)! + index]!;
  const write = (name: string, ...bytes: readonly number[]) =>
    nes.memory.set(bytes, symbols.get(name)!);
  const run = (frames: number, pads: readonly PadState[] = []) => {
    for (let frame = 0; frame < frames; frame++) nes.step(pads);
  };
  const runUntil = (reached: () => boolean, pads: readonly PadState[] = []) => {
    for (let frame = 0; frame < 5_000 && !reached(); frame++) nes.step(pads);
    ok(reached(), "it did not come about within 5,000 frames");
  };
  const computer = symbols.get("IDLE_LIMIT")!;
  return { read, write, run, runUntil, played: (side: number) => read("idle", side) < computer };
}

Deno.test("[DUE1] the bar code counts every picture, modulo 256", () => {
  using game = start();
  play(game, 10);
  let last = readBarCode(play(game, 1))!.frame;
  for (let frame = 0; frame < 260; frame++) {
    const next = readBarCode(play(game, 1))?.frame;
    equal(next, (last + 1) % 256);
    last = next!;
  }
});

Deno.test("[DUE2] a press of A lights the backdrop in the second picture, and a release darkens it in the second", () => {
  for (let wait = 20; wait < 28; wait++) {
    using game = start();
    play(game, wait);
    const lit = (...buttons: readonly Button[]) =>
      readBarCode(play(game, 1, [held(...buttons)]))!.lit;
    deepEqual([lit("a"), lit("a"), lit("a")], [false, true, true]);
    deepEqual([lit(), lit(), lit()], [true, false, false]);
  }
});

Deno.test("[DUE2] the second player's A lights it too", () => {
  using game = start();
  play(game, 20);
  equal(readBarCode(play(game, 2, [held(), held("a")]))?.lit, true);
});

Deno.test("[DUE3] the computer plays both sides until a player presses a button", () => {
  const { run, played } = setup();
  run(600);
  deepEqual([played(0), played(1)], [false, false]);
  run(1, [held(), held("up")]);
  deepEqual([played(0), played(1)], [false, true]);
  run(1, [held("left")]);
  deepEqual([played(0), played(1)], [true, true]);
});

Deno.test("[DUE3] the computer takes a side over after ten seconds without a press", () => {
  const { run, played } = setup();
  run(20);
  run(2, [held("up")]);
  run(580);
  equal(played(0), true);
  run(TEN_SECONDS - 580);
  equal(played(0), false);
});

Deno.test("[DUE4] up and down move a paddle within the court", () => {
  const { read, run } = setup();
  run(20);
  const middle = read("paddle");
  run(10, [held("up")]);
  equal(read("paddle"), middle - 30);
  run(90, [held("up")]);
  equal(read("paddle"), symbols.get("COURT_TOP"));
  run(120, [held("down")]);
  equal(read("paddle"), symbols.get("COURT_BOTTOM")! - symbols.get("PADDLE_HEIGHT")!);
});

Deno.test("[DUE4] the ball never leaves the court upwards or downwards", () => {
  const { read, run } = setup();
  run(20);
  for (let frame = 0; frame < 1_500; frame++) {
    run(1);
    const y = read("ball_y", 1);
    ok(y >= symbols.get("COURT_TOP")! && y <= symbols.get("COURT_BOTTOM")! - 8, `${y}`);
  }
});

Deno.test("[DUE4] nine points win, and a new game begins", () => {
  const { read, write, run, runUntil } = setup();
  run(20);
  write("score", 8, 8);
  const points = () => Math.max(read("score"), read("score", 1));
  runUntil(() => points() === 9);
  equal(read("phase"), symbols.get("WON"));
  equal(read("score", read("winner")), 9);
  run(200);
  equal(points(), 9);
  runUntil(() => points() === 0);
});

/** A level ball on its way to the left paddle, whose top edge is at `paddle`; the left player holds still. */
function incoming(paddle: number) {
  const game = setup();
  game.run(20);
  game.write("paddle", paddle);
  game.write("ball_x", 0, 60);
  game.write("ball_y", 0, 150);
  game.write("vertical", 0, 0);
  game.write("heading", 1);
  game.write("phase", symbols.get("RALLY")!);
  return game;
}

Deno.test("[DUE4] a ball that passes a paddle is the other side's point, and the loser is served", () => {
  const { read, run } = incoming(80);
  run(40, [held("left")]);
  deepEqual([read("score"), read("score", 1)], [0, 1]);
  deepEqual([read("phase"), read("heading")], [symbols.get("SERVE"), 1]);
});

for (const [paddle, direction] of [[120, "down"], [149, "up"]] as const) {
  Deno.test(`[DUE4] a returned ball is faster, and goes ${direction} off that end of the paddle`, () => {
    const { read, run } = incoming(paddle);
    const speed = read("speed") + 256 * read("speed", 1);
    run(25, [held("left")]);
    equal(read("heading"), 0);
    ok(read("speed") + 256 * read("speed", 1) > speed);
    equal(read("vertical", 1) >= 128 ? "up" : "down", direction);
  });
}

Deno.test("[DUE5] each press of Start pauses or continues the game, and the bar code counts on", () => {
  const { read, run } = setup();
  run(200);
  run(5, [held("start")]);
  const [x, frame] = [read("ball_x", 1), read("frame")];
  run(30, [held("start")]);
  run(30);
  deepEqual([read("ball_x", 1), read("frame")], [x, (frame + 60) % 256]);
  run(5, [held("start")]);
  notEqual(read("ball_x", 1), x);
});

Deno.test("[DUE6] it plays by itself the same way every time, with sound", () => {
  using one = start();
  using other = start();
  equal(fingerprint(play(one, 200)), fingerprint(play(other, 200)));
  let loudest = 0;
  for (let frame = 0; frame < 120; frame++) {
    for (const sample of one.step([]).sound) loudest = Math.max(loudest, Math.abs(sample));
  }
  ok(loudest > 2_000, `${loudest}`);
});

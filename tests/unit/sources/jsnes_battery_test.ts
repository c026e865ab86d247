import { equal } from "node:assert/strict";
import { join } from "node:path";
import { NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import { openJsnes } from "../../../worker/sources/jsnes_source.ts";
import { batteryCounter } from "../../support/cartridges.ts";

Deno.test("[SRC3] the memory of a cartridge is on disk when the state is saved, also while the game stays open", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const saves = join(folder, "saves");
    const opened = openJsnes({ rom: batteryCounter(), path: "counter.nes", saves });
    if ("error" in opened) throw new Error(opened.error);
    using game = opened.source;
    for (let frame = 0; frame < 20; frame++) game.step([NEUTRAL_PAD]);
    game.save();
    equal(Array.from(Deno.readDirSync(saves)).length, 1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

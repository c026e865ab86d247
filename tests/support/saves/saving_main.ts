/**
 * A process that saves again and again below the folder of its argument, large states over small ones, and prints the
 * number of each save that is kept.
 *
 * @module
 */
import { type EpochMillis, systemClock } from "../../../protocol/clock.ts";
import { AppId } from "../../../protocol/ids.ts";
import { folderStore } from "../../../worker/saves/folder_store.ts";
import { openSaves } from "../../../worker/saves/saves.ts";

const saves = openSaves(folderStore(Deno.args[0]!, systemClock))(["usr_ana"]);
const app = AppId.parse("duel");
const first = Number(Deno.args[1]);
for (let number = first;; number++) {
  // Random bytes are not compressed: writing them takes long enough to be killed in it.
  const state = new Uint8Array(2 * 1024 * 1024);
  for (let at = 0; at < state.length; at += 65_536) {
    crypto.getRandomValues(state.subarray(at, at + 65_536));
  }
  new DataView(state.buffer).setUint32(0, number);
  await saves.write(app, { state, at: (1_700_000_000_000 + number) as EpochMillis });
  console.log(number);
}

import { deepEqual } from "node:assert/strict";
import { linkTone, linkWord } from "../../../../web/operator/model/words.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

Deno.test("[SND20] a link that does not simply send says for how long, and one that is down is marked as lost", () => {
  const of = (
    state: string,
    state_s?: number,
  ) => [plain(linkWord({ state, state_s })), linkTone({ state })];
  deepEqual([of("Live", 300), of("Cooldown", 12), of("Cooldown"), of("Degrade", 0)], [
    ["Sending", "live"],
    ["Down for 12 s", "lost"],
    ["Down", "lost"],
    ["Degraded for 1 s", "attention"],
  ]);
});

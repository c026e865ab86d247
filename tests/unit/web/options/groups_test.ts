import { deepEqual, equal } from "node:assert/strict";
import type { CoreOption } from "../../../../protocol/room_commands/core_options.ts";
import { groupsOf, hasWords, labelOf } from "../../../../web/play/options/groups.ts";

const option = (key: string, category?: string): CoreOption => ({
  key,
  name: `Name ${key}`,
  value: "0",
  choices: ["0", "1"],
  ...(category && { category }),
});

Deno.test("[OPT6] options stand below the headings of their categories, those of none first", () => {
  const all = [option("a", "Video"), option("b", "Sound"), option("c"), option("d", "Video")];
  deepEqual(
    groupsOf(all).map(({ category, options }) => [category, options.map(({ key }) => key).join()]),
    [[undefined, "c"], ["Video", "a,d"], ["Sound", "b"]],
  );
  deepEqual(groupsOf([]), []);
});

Deno.test("[OPT6] an option is found by all words of its name, value, category and help", () => {
  const one = { ...option("a", "Video"), labels: ["Off", "On"], help: "Hides the edge." };
  for (const words of ["", "name a", "off", "EDGE video"]) equal(hasWords(one, words), true, words);
  for (const words of ["on", "edge sound"]) equal(hasWords(one, words), false, words);
});

Deno.test("[OPT6] a choice is called as the core calls it, or as it is written", () => {
  equal(labelOf({ ...option("a"), labels: ["Off", "On"] }, "1"), "On");
  equal(labelOf({ ...option("a"), labels: ["Off"] }, "1"), "1");
  equal(labelOf(option("a"), "1"), "1");
});

import { deepEqual, equal } from "node:assert/strict";
import { refuse } from "../../../../protocol/envelope.ts";
import type { CoreOption } from "../../../../protocol/room_commands/core_options.ts";
import type { RoomLane } from "../../../../web/play/media/room_lane.ts";
import { CHOICE_WAIT, OptionList } from "../../../../web/play/options/option_list.ts";
import { introduction, laterWords } from "../../../../web/play/options/words.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const option = (key: string, value = "a"): CoreOption => ({
  key,
  name: key.toUpperCase(),
  value,
  choices: ["a", "b", "c"],
});

/** A list of a room that answers two options at a time. */
function setup() {
  const clock = new FakeClock();
  const options = ["one", "two", "three"].map((key) => option(key));
  const sets: object[] = [];
  const room: { refuses?: true } = {};
  const ask = ((verb: string, body: { after?: string; key?: string; value?: string }) => {
    if (verb === "option.set") {
      sets.push(body);
      if (room.refuses) return Promise.resolve(refuse("role.host", "No"));
      const at = options.findIndex(({ key }) => key === body.key);
      options[at] = { ...options[at]!, value: body.value! };
      return Promise.resolve({});
    }
    const from = options.findIndex(({ key }) => key === body.after) + 1;
    return Promise.resolve({
      options: options.slice(from, from + 2),
      more: from + 2 < options.length,
    });
  }) as RoomLane["ask"];
  const list = new OptionList(clock, ask);
  const values = () => list.entries.value?.map(({ value }) => value);
  return { clock, options, sets, list, values, room };
}

Deno.test("[OPT6] a page reads the options part by part, and again while the dialog is open", async () => {
  const { clock, options, list, values } = setup();
  equal(list.entries.value, undefined);
  await clock.run(200);
  deepEqual(values(), ["a", "a", "a"]);
  options[2] = option("three", "c");
  await clock.run(2_500);
  deepEqual(values(), ["a", "a", "c"]);
  list[Symbol.dispose]();
  await clock.run(5_000);
});

Deno.test("[OPT6] a choice is shown at once, and the last of several is asked for", async () => {
  const { clock, sets, list, values } = setup();
  await clock.run(200);
  list.choose("two", "b");
  deepEqual(values(), ["a", "b", "a"]);
  await clock.run(CHOICE_WAIT - 100);
  list.choose("two", "c");
  await clock.run(CHOICE_WAIT - 100);
  deepEqual(sets, []);
  await clock.run(1_000);
  deepEqual(sets, [{ key: "two", value: "c" }]);
  deepEqual(values(), ["a", "c", "a"]);
  list[Symbol.dispose]();
});

Deno.test("[OPT6] a refused choice gives way to the room's value, and the reason stays", async () => {
  const { clock, list, values, room } = setup();
  await clock.run(200);
  room.refuses = true;
  list.choose("two", "b");
  await clock.run(5_000);
  deepEqual(values(), ["a", "a", "a"]);
  equal(list.problem.value?.code, "role.host");
  list[Symbol.dispose]();
});

Deno.test("[OPT6] a choice that waits when the dialog closes is asked for", async () => {
  const { clock, sets, list } = setup();
  await clock.run(200);
  list.choose("one", "b");
  list[Symbol.dispose]();
  deepEqual(sets, [{ key: "one", value: "b" }]);
  await clock.run(5_000);
  equal(sets.length, 1);
});

Deno.test("[OPT6] the dialog says whom a choice is for, until when, and when it counts", () => {
  for (const isHost of [true, false]) {
    const words = introduction(isHost);
    equal(words.includes("for everybody here, until the room ends"), true);
    equal(words.startsWith("What you choose"), isHost);
  }
  equal(laterWords("restart"), "Counts after a start over.");
  equal(laterWords("step"), "Counts as soon as the game goes on.");
});

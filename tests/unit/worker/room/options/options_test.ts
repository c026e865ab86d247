import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { pack } from "../../../../../protocol/msgpack.ts";
import { VERBS } from "../../../../../protocol/room_commands/verbs.ts";
import { MAX_COMMAND_BYTES } from "../../../../../protocol/room_commands/wire.ts";
import {
  MOST_BYTES,
  MOST_OPTIONS,
  optionsAfter,
  shownOptions,
} from "../../../../../worker/room/options/shown.ts";
import type { CoreOption } from "../../../../../worker/sources/ports.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

const cem = SessionId.parse("cem");
const SPEED: CoreOption = { key: "speed", name: "Speed", value: "slow", choices: ["slow", "fast"] };

async function setup() {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben, "player");
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  const source = scene.sources[0]!;
  source.declared = [SPEED];
  return { scene, source, host, player, watcher };
}

/** All answers that show the options, by the way in which a page asks for them. */
function answersOf(options: readonly CoreOption[]) {
  const shown = shownOptions(options);
  const answers = [optionsAfter(shown, undefined)];
  while (answers.at(-1)!.more) {
    answers.push(optionsAfter(shown, answers.at(-1)!.options.at(-1)!.key));
  }
  return answers;
}

Deno.test("[OPT1] everybody sees the options of the core, and that there are some", async () => {
  const { scene, source, host, player, watcher } = await setup();
  source.options.listener.info({ ...FAKE_INFO, options: 1 });
  await settle(host, watcher);
  equal(watcher.room?.coreOptions, 1);
  for (const page of [host, player, watcher]) {
    deepEqual(await page.ask("option.list"), { options: [SPEED], more: false });
  }
  scene.room[Symbol.dispose]();
});

Deno.test("[OPT1] a room without options has none in its document and answers an empty list", async () => {
  const { scene, source, watcher } = await setup();
  source.declared = [];
  await settle(watcher);
  equal(watcher.room?.coreOptions, undefined);
  deepEqual(await watcher.ask("option.list"), { options: [], more: false });
  scene.room[Symbol.dispose]();
});

Deno.test("[OPT2] a host alone changes an option, and everybody is informed", async () => {
  const { scene, source, host, player, watcher } = await setup();
  await watcher.ask("topic.subscribe", { pattern: "room.*" });
  for (const page of [player, watcher]) {
    equal(await page.ask("option.set", { key: "speed", value: "fast" }), "role.host");
  }
  equal(source.declared[0]!.value, "slow");
  deepEqual(await host.ask("option.set", { key: "speed", value: "fast" }), {});
  equal(source.declared[0]!.value, "fast");
  await settle(watcher);
  deepEqual(watcher.publications.map(({ topic, from, body }) => [topic, from, body]), [
    ["room.option", "room", { by: "p1", name: "Speed", value: "fast" }],
  ]);
  scene.room[Symbol.dispose]();
});

Deno.test("[OPT2] what is no option and no choice is refused and changes nothing", async () => {
  const { scene, source, host } = await setup();
  equal(await host.ask("option.set", { key: "none", value: "fast" }), "option.unknown");
  equal(await host.ask("option.set", { key: "__proto__", value: "fast" }), "option.unknown");
  equal(await host.ask("option.set", { key: "speed", value: "warp" }), "option.value");
  equal(await host.ask("option.set", { key: "speed", value: "x".repeat(101) }), "message.invalid");
  equal(await host.ask("option.set", { key: "speed", value: "a\u202eb" }), "message.invalid");
  equal(await host.ask("option.set", { key: "speed" }), "message.invalid");
  deepEqual(source.declared, [SPEED]);
  scene.room[Symbol.dispose]();
});

Deno.test("[OPT2] the value that an option has already is no change", async () => {
  const { scene, host } = await setup();
  await host.ask("topic.subscribe", { pattern: "room.*" });
  deepEqual(await host.ask("option.set", { key: "speed", value: "slow" }), {});
  await settle(host);
  deepEqual(host.publications, []);
  scene.room[Symbol.dispose]();
});

Deno.test("[OPT1] whatever a core declares, each answer is a message that a page takes", () => {
  const long = "ü".repeat(300);
  const hostile: CoreOption[] = Array.from({ length: 600 }, (_, n) => ({
    key: `key ${n}`,
    name: n % 2 === 0 ? long : `a\u202eb\u0000${n}`,
    value: "9999",
    choices: Array.from(
      { length: n % 3 === 0 ? 10_000 : 3 },
      (_, c) => `${c}${"€".repeat(n % 30)}`,
    ),
    later: "restart",
    labels: Array.from({ length: n % 5 === 0 ? 10_000 : 1 }, () => `\u0007${long}`),
    category: n % 7 === 0 ? long : " ",
    help: n % 2 === 0 ? "€".repeat(9_000) : "\n\u202e",
  }));
  const answers = answersOf([
    { key: "bad\nkey", name: "", value: "a", choices: ["a"] },
    { key: long, name: "", value: "a", choices: ["a"] },
    { key: "bad value", name: "", value: "a\u0007", choices: ["a\u0007"] },
    ...hostile,
  ]);
  const shown = answers.flatMap(({ options }) => options);
  ok(shown.length > 0 && shown.length <= MOST_OPTIONS);
  ok(pack(shown).length <= MOST_BYTES + 8);
  for (const answer of answers) {
    ok(answer.options.length > 0);
    ok(pack([37, 0xffff_ffff, answer]).length <= MAX_COMMAND_BYTES);
    deepEqual(VERBS["option.list"].answer.parse(answer), answer);
    for (const { choices, value } of answer.options) ok(choices.includes(value));
  }
  deepEqual(new Set(shown.map(({ key }) => key)).size, shown.length);
  equal(shown[0]?.key, "key 0");
});

Deno.test("[OPT1] choices that cannot be shown are left out, and the others stay in their order", () => {
  const choices = ["a", "b\u0000", "c".repeat(101), "d", "e"];
  const [option] = shownOptions([{ key: "k", name: "K", value: "d", choices }]);
  deepEqual(option?.choices, ["a", "d", "e"]);
});

Deno.test("[OPT1] categories, help and words for choices are shown, each within its bound", () => {
  const [option] = shownOptions([{
    ...SPEED,
    labels: ["Slow", "", "more than there are"],
    category: "c".repeat(90),
    help: "h".repeat(900),
  }]);
  deepEqual(option?.labels, ["Slow", "fast"]);
  equal(option?.category?.length, 60);
  equal(option?.help?.length, 500);
});

Deno.test("[OPT1] options that need the room are all shown before any help", () => {
  const options = Array.from({ length: 250 }, (_, n): CoreOption => ({
    ...SPEED,
    key: `key ${n}`,
    help: "h".repeat(500),
  }));
  const shown = shownOptions(options);
  equal(shown.length, 250);
  ok(shown[0]!.help && !shown.at(-1)!.help);
});

Deno.test("[OPT2] a change is announced in the words of the core", async () => {
  const { scene, source, host, watcher } = await setup();
  source.declared = [{ ...SPEED, labels: ["Slow", "As fast as it goes"] }];
  await watcher.ask("topic.subscribe", { pattern: "room.*" });
  deepEqual(await host.ask("option.set", { key: "speed", value: "fast" }), {});
  await settle(watcher);
  deepEqual(watcher.publications.map(({ body }) => body), [
    { by: "p1", name: "Speed", value: "As fast as it goes" },
  ]);
  scene.room[Symbol.dispose]();
});

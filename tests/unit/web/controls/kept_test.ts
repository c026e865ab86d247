import { deepEqual, equal, match, ok } from "node:assert/strict";
import { MAX_FILE, readControls, writeControls } from "../../../../web/play/controls/file.ts";
import { createControls, MOST, USUAL } from "../../../../web/play/controls/kept.ts";
import { assign, USUAL_KEYS } from "../../../../web/play/controls/keys.ts";

const KEY = "farpad.controls";

function storage(stored?: string) {
  const items = new Map(stored === undefined ? [] : [[KEY, stored]]);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

const file = (text: string, size = text.length) => ({
  name: "controls.json",
  size,
  text: () => Promise.resolve(text),
});

Deno.test("[HND3] changes are kept in the browser; unreadable or foreign storage counts as empty", () => {
  const kept = storage();
  createControls(() => kept).change({ keys: assign(USUAL_KEYS, "a", "KeyL") });
  deepEqual(createControls(() => kept).all.value.keys, assign(USUAL_KEYS, "a", "KeyL"));
  for (
    const text of ["", "{", "[]", "null", '{"keys":{"KeyA":"fly"}}', '{"keys":{"Escape":"a"}}']
  ) {
    deepEqual(createControls(() => storage(text)).all.value, USUAL, text);
  }
});

Deno.test("[HND3] storage that the browser forbids, or that is full, is a warning", () => {
  const warnings: string[] = [];
  const forbidden = () => {
    throw new Error("forbidden");
  };
  const controls = createControls(forbidden, (text) => warnings.push(text));
  controls.change({ keys: {} });
  deepEqual(controls.all.value.keys, {});
  deepEqual(warnings, ["Cannot keep the controls: forbidden"]);
});

Deno.test("[HND4] a file that was saved is read again, with the maps of gamepads", async () => {
  const content = {
    controls: {
      ...USUAL,
      keys: assign(USUAL_KEYS, "b", "Space"),
      sticks: { Pad: { dead_zone: 0.2, rest: [0.1, 0, 0, 0], reach: [0.9, 1] } },
    },
    gamepads: { "Old Pad": { a: { button: 3 }, up: { axis: 1, rest: 0, pressed: -1 } } },
  } satisfies Parameters<typeof writeControls>[0];
  deepEqual(await readControls(file(writeControls(content))), content);
});

Deno.test("[HND4] a file without a part has it as usual", async () => {
  const text = '{"farpad":"controls","version":1,"controls":{},"gamepads":{}}';
  deepEqual(await readControls(file(text)), { controls: USUAL, gamepads: {} });
});

const with_ = (controls: unknown, gamepads: unknown = {}, version: unknown = 1) =>
  JSON.stringify({ farpad: "controls", version, controls, gamepads });
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`K${i}`, value]));
const refusals: readonly [what: string, text: string, why: RegExp][] = [
  ["no JSON", "PK\u0003\u0004", /is no file of controls, or was cut/],
  ["a cut file", with_({}).slice(0, -4), /was cut/],
  ["another JSON", '{"name":"farpad","version":"1.0.0"}', /is no file of controls of Farpad/],
  ["a list", "[]", /is no file of controls of Farpad/],
  ["a newer version", with_({}, {}, 2), /by a newer Farpad/],
  ["an unknown action", with_({ keys: { KeyA: "format" } }), /controls\.keys/],
  ["a reserved key", with_({ keys: { Escape: "a" } }), /controls\.keys/],
  ["a key that is markup", with_({ keys: { "<img>": "a" } }), /controls\.keys/],
  ["too many keys", with_({ keys: many(MOST.keys + 1, "a") }), /controls\.keys/],
  ["too many gamepads", with_({}, many(MOST.gamepads + 1, {})), /gamepads/],
  ["an id without end", with_({}, { ["x".repeat(300)]: {} }), /gamepads/],
  [
    "a dead zone beyond the stick",
    with_({ sticks: { Pad: { dead_zone: 2, rest: [0, 0, 0, 0], reach: [1, 1] } } }),
    /controls\.sticks/,
  ],
];
for (const [what, text, why] of refusals) {
  Deno.test(`[HND4] ${what} is refused with a sentence`, async () => {
    const answer = await readControls(file(text));
    ok("error" in answer);
    match(answer.error, why);
    ok(answer.error.length < 250);
  });
}

Deno.test("[HND4] a file that is too large is not read", async () => {
  const huge = { name: "x".repeat(500), size: 3e9, text: () => Promise.reject(new Error("read")) };
  const answer = await readControls(huge);
  ok("error" in answer);
  match(answer.error, /has 2929688 KB, and a file of controls at most 64/);
  ok(answer.error.length < 200);
  const fits = await readControls(file(with_({}).padEnd(MAX_FILE)));
  equal("error" in fits, false);
});

Deno.test("[HND4] names of the language in a file change no prototype", async () => {
  const text = with_({ keys: { constructor: "a", toString: "b" } }).replace(
    '"gamepads":{}',
    '"gamepads":{"__proto__":{"a":{"button":1}}}',
  );
  const answer = await readControls(file(text));
  ok(!("error" in answer));
  equal(Object.getPrototypeOf(answer.gamepads), Object.prototype);
  equal(({} as Record<string, unknown>).a, undefined);
});

Deno.test("[HND8] whether gamepads rumble is in the file of controls; one without it leaves it on", async () => {
  const file = (text: string) => ({
    name: "c.json",
    size: text.length,
    text: () => Promise.resolve(text),
  });
  const off = await readControls(
    file(writeControls({ controls: { ...USUAL, rumble: false }, gamepads: {} })),
  );
  equal("controls" in off && off.controls.rumble, false);
  const old = { farpad: "controls", version: 1, controls: {}, gamepads: {} };
  const on = await readControls(file(JSON.stringify(old)));
  equal("controls" in on && on.controls.rumble, true);
});

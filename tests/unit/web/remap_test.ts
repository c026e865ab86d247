import { deepEqual, equal, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Button } from "../../../protocol/control/pad.ts";
import { gamepadName, readMapped, unreadable } from "../../../web/play/input/gamepad.ts";
import {
  beginRemap,
  createPadMaps,
  holds,
  moved,
  type Remap,
  skipButton,
  stepRemap,
} from "../../../web/play/input/remap.ts";

/** A gamepad of an unknown layout: 4 buttons, a stick, and a hat as its third axis. */
function reading(
  { pressed = [], axes = [0, 0, 3.29] }: { pressed?: number[]; axes?: number[] } = {},
) {
  const buttons = [0, 1, 2, 3].map((i) => ({
    pressed: pressed.includes(i),
    value: pressed.includes(i) ? 1 : 0,
  }));
  return { id: "Old Pad", mapping: "", connected: true, buttons, axes };
}
const rest = reading();

Deno.test("[PLY2] a button, a stick's direction and a hat's direction can each be a control", () => {
  deepEqual(moved(rest, reading({ pressed: [2] })), { button: 2 });
  deepEqual(moved(rest, reading({ axes: [-1, 0.1, 3.29] })), { axis: 0, rest: 0, pressed: -1 });
  deepEqual(moved(rest, reading({ axes: [0, 0, 0.14] })), { axis: 2, rest: 3.29, pressed: 0.14 });
  equal(moved(rest, reading({ axes: [0.3, -0.2, 3.29] })), undefined);
});

Deno.test("[PLY2] a hat between two directions holds both, and at rest none", () => {
  const up = { axis: 2, rest: 3.29, pressed: -1 };
  const right = { axis: 2, rest: 3.29, pressed: -1 + 4 / 7 };
  const left = { axis: 2, rest: 3.29, pressed: 5 / 7 };
  const at = (value: number) =>
    [up, right, left].map((control) => holds(reading({ axes: [0, 0, value] }), control));
  deepEqual(at(-1), [true, false, false]);
  deepEqual(at(-1 + 2 / 7), [true, true, false]);
  deepEqual(at(1), [true, false, true]);
  deepEqual(at(3.29), [false, false, false]);
});

Deno.test("[PLY2] each button in turn is pressed and released, and one that is missing is skipped", () => {
  let remap: Remap = beginRemap(["up", "a", "b"], rest);
  const see = (now: ReturnType<typeof reading>) => (remap = stepRemap(remap, now));
  see(reading({ axes: [0, -1, 3.29] }));
  see(reading({ axes: [0, -0.9, 3.29], pressed: [1] }));
  ok(remap.state === "asking" && remap.at === 0, "the next one waits for the release");
  see(rest);
  remap = skipButton(remap);
  see(reading({ pressed: [3] }));
  see(rest);
  deepEqual(remap, {
    state: "done",
    map: { up: { axis: 1, rest: 0, pressed: -1 }, b: { button: 3 } },
  });
  strictEqual(stepRemap(remap, reading({ pressed: [0] })), remap);
});

Deno.test("[PLY2] a gamepad that was set up presses the buttons of its map", () => {
  const map = { a: { button: 0 }, left: { axis: 0, rest: 0, pressed: -1 } };
  const { buttons } = readMapped(reading({ pressed: [0], axes: [-0.8, 0, 3.29] }), map);
  equal(buttons, (1 << 8) | (1 << 6));
  equal(readMapped(rest, map).buttons, 0);
});

Deno.test("[PLY2] a gamepad of an unknown layout is named until it is set up", () => {
  equal(unreadable([rest], {})?.id, "Old Pad");
  equal(unreadable([rest], { "Old Pad": {} }), undefined);
  equal(unreadable([{ ...rest, mapping: "standard" }], {}), undefined);
  equal(gamepadName("USB Gamepad (Vendor: 0079 Product: 0011)"), "USB Gamepad");
  equal(gamepadName("0079-0011-USB Gamepad"), "USB Gamepad");
  equal(gamepadName(""), "This gamepad");
});

Deno.test("[PLY2] layouts are kept in the browser by gamepad; unreadable storage causes no error", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  createPadMaps(() => storage).keep("Old Pad", { a: { button: 0 } });
  deepEqual(createPadMaps(() => storage).all.value, { "Old Pad": { a: { button: 0 } } });
  stored.set("farpad.gamepads", '{"Old Pad":{"a":{"button":"zero"}}}');
  deepEqual(createPadMaps(() => storage).all.value, {});
  const warned: string[] = [];
  const closed = createPadMaps(() => {
    throw new Error("storage is blocked");
  }, (text) => void warned.push(text));
  closed.keep("Old Pad", {});
  deepEqual([Object.keys(closed.all.value), warned.length], [["Old Pad"], 1]);
});

Deno.test("[PLY2] for any readings of a gamepad the set-up ends after one release for each button", () => {
  const buttons: Button[] = ["up", "down", "a"];
  const axis = fc.double({ min: -1, max: 3.3, noNaN: true });
  const any = fc.record({
    pressed: fc.array(fc.nat(3), { maxLength: 4 }),
    axes: fc.tuple(axis, axis, axis).map((axes) => [...axes]),
  });
  fc.assert(fc.property(fc.array(any, { maxLength: 30 }), (readings) => {
    let remap: Remap = beginRemap(buttons, rest);
    for (const each of readings) remap = stepRemap(remap, reading(each));
    for (const button of [0, 1, 2, 3, 0, 1]) {
      for (const now of [rest, reading({ pressed: [button] }), rest]) remap = stepRemap(remap, now);
    }
    equal(remap.state, "done");
  }));
});

Deno.test("[HND1] a control that is another button already is named, and the button is asked for again", () => {
  let remap: Remap = beginRemap(["a", "b"], reading());
  remap = stepRemap(stepRemap(remap, reading({ pressed: [2] })), reading());
  remap = stepRemap(remap, reading({ pressed: [2] }));
  ok(remap.state === "asking" && remap.taken === "a");
  remap = stepRemap(remap, reading());
  ok(remap.state === "asking" && remap.at === 1 && remap.taken === "a");
  remap = stepRemap(stepRemap(remap, reading({ pressed: [3] })), reading());
  deepEqual(remap, { state: "done", map: { a: { button: 2 }, b: { button: 3 } } });
});

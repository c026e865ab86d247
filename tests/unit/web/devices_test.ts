import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type Button, buttonBit, BUTTONS, maskOf } from "../../../protocol/control/pad.ts";
import { readStick, UNMEASURED } from "../../../web/play/input/calibration.ts";
import { pluggedIn, readGamepad, readOne } from "../../../web/play/input/gamepad.ts";
import {
  DEFAULT_KEYS,
  isPadKey,
  KeyboardPad,
  keyName,
  type KeyReading,
} from "../../../web/play/input/keyboard.ts";
import { buttonsOf } from "../../../web/play/input/layout.ts";
import { AT_REST, mergePads, Pad, type PadLevel } from "../../../web/play/input/pad.ts";
import { directionsAt } from "../../../web/play/input/touch.ts";

const held = (mask: number) => BUTTONS.filter((button) => mask & buttonBit(button));

function gamepad(
  change: { pressed?: readonly number[]; axes?: readonly number[]; mapping?: string } = {},
) {
  const { pressed = [], axes = [0, 0, 0, 0], mapping = "standard" } = change;
  const buttons = Array.from({ length: 17 }, (_, i) => ({
    pressed: pressed.includes(i),
    value: pressed.includes(i) ? 1 : 0,
  }));
  return { id: "Pad", mapping, connected: true, axes, buttons };
}

Deno.test("[PLY1] a key is read by its position, and a repeat changes nothing", () => {
  const keyboard = new KeyboardPad();
  deepEqual(held(keyboard.press("ArrowLeft")!.buttons), ["left"]);
  equal(keyboard.press("ArrowLeft"), undefined);
  deepEqual(held(keyboard.press("KeyX")!.buttons), ["left", "a"]);
  equal(keyboard.press("KeyP"), undefined);
  deepEqual(held(keyboard.release("ArrowLeft")!.buttons), ["a"]);
  equal(keyboard.release("ArrowLeft"), undefined);
  deepEqual(keyboard.clear(), AT_REST);
});

Deno.test("[PLY1] a button with two keys is held until both are released", () => {
  const keyboard = new KeyboardPad();
  keyboard.press("ShiftLeft");
  keyboard.press("ShiftRight");
  deepEqual(held(keyboard.release("ShiftLeft")!.buttons), ["select"]);
  deepEqual(held(keyboard.release("ShiftRight")!.buttons), []);
});

Deno.test("every key of the default map has a printed name", () => {
  for (const code of Object.keys(DEFAULT_KEYS)) ok(keyName(code).length <= 5, code);
  equal(keyName("KeyX"), "X");
});

Deno.test("[PLY2] a button of a standard gamepad presses the pad button at the same position", () => {
  const all = Array.from({ length: 16 }, (_, i) => {
    const { buttons } = readGamepad(gamepad({ pressed: [i] }));
    return held(buttons);
  });
  deepEqual(all.slice(0, 4), [["b"], ["a"], ["y"], ["x"]]);
  equal(new Set(all.map(([button]) => button)).size, 16);
});

Deno.test("[PLY2] a stick in its dead zone is centred, and full tilt is sent as full tilt", () => {
  const near = UNMEASURED.dead_zone * 0.7;
  deepEqual(readStick([near, near], 0), [0, 0]);
  deepEqual(readStick([1, 0], 0), [1, 0]);
  const { axes } = readGamepad(gamepad({ axes: [1, -1, 0.05, 0] }));
  deepEqual(axes.map((axis) => Math.round(axis / 1000)), [23, -23, 0, 0]);
});

Deno.test("[PLY2] beyond the dead zone a stick keeps its direction, grows evenly and never exceeds full tilt", () => {
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(unit, unit, (x, y) => {
    const [a, b] = readStick([x, y], 0);
    ok(Math.hypot(a, b) <= 1 + 1e-9);
    ok(Math.abs(a * y - b * x) < 1e-9, "turned");
    ok(a * x >= 0 && b * y >= 0, "flipped");
  }));
});

Deno.test("[PLY2] a stick is sent as a stick, not as directions", () => {
  const level = readGamepad(gamepad({ axes: [-0.9, 0.9, 0, 0] }));
  equal(level.buttons, 0);
  ok(level.axes[0] < -0x4000 && level.axes[1] > 0x4000);
});

Deno.test("[PLY2] without a gamepad there is no pad; one of an unknown layout is read after its set-up", () => {
  const unknown = gamepad({ mapping: "", pressed: [3] });
  deepEqual(pluggedIn([null, null]), []);
  equal(readOne(unknown, {}), undefined);
  deepEqual(held(readOne(unknown, { Pad: { a: { button: 3 } } })!.buttons), ["a"]);
  const two = pluggedIn([gamepad({ pressed: [0] }), null, gamepad({ pressed: [9] })]);
  deepEqual(held(mergePads(two.map((each) => readOne(each, {})!)).buttons), ["b", "start"]);
});

Deno.test("[PAD8] a gamepad that was unplugged while pressed, and is still listed, holds nothing", () => {
  const gone = { ...gamepad({ pressed: [0] }), connected: false };
  deepEqual(pluggedIn([gone]), []);
});

const key = (
  code: string,
  held: Partial<KeyReading> & { altGraph?: boolean } = {},
): KeyReading => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  getModifierState: (name) => name === "AltGraph" && held.altGraph === true,
  ...held,
});

Deno.test("[PLY1] Cmd releases every key, pressed and let go: macOS reports no key-up meanwhile", () => {
  for (const event of [key("MetaLeft", { metaKey: true }), key("MetaRight"), key("OSLeft")]) {
    const keyboard = new KeyboardPad();
    keyboard.press("ArrowLeft");
    keyboard.press("KeyX");
    deepEqual(keyboard.correct(event), AT_REST);
    equal(keyboard.correct(event), undefined);
    deepEqual(held(keyboard.press("KeyX")!.buttons), ["a"], "a key that repeats is held again");
  }
});

Deno.test("[PLY1] both Shift keys are released by the one key-up that Windows reports", () => {
  const keyboard = new KeyboardPad();
  keyboard.press("ShiftLeft");
  keyboard.press("ShiftRight");
  keyboard.release("ShiftRight");
  equal(keyboard.correct(key("ShiftRight", { shiftKey: true })), undefined);
  deepEqual(keyboard.correct(key("ShiftRight")), AT_REST);
});

Deno.test("[PLY1] a shortcut of the browser presses nothing; a key with AltGr does", () => {
  equal(isPadKey(key("KeyX")), true);
  equal(isPadKey(key("KeyX", { shiftKey: true })), true);
  for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) {
    equal(isPadKey(key("KeyX", held)), false);
  }
  equal(isPadKey(key("KeyX", { ctrlKey: true, altKey: true, altGraph: true })), true);
});

Deno.test("[PLY3] several devices are one pad: buttons add up, the further stick wins whole", () => {
  const left: PadLevel = { buttons: buttonBit("a"), axes: [100, 0, 5, 5], triggers: [3, 0] };
  const right: PadLevel = { buttons: buttonBit("up"), axes: [0, -90, 9, 0], triggers: [0, 7] };
  deepEqual(mergePads([left, right]), {
    buttons: buttonBit("a") | buttonBit("up"),
    axes: [100, 0, 9, 0],
    triggers: [3, 7],
  });
  deepEqual(mergePads([]), AT_REST);
});

Deno.test("[PAD8] the pad is neutral while there is at least one reason for it", () => {
  const reported: number[] = [];
  const pad = new Pad(({ buttons }) => reported.push(buttons));
  pad.set("keyboard", { ...AT_REST, buttons: 1 });
  pad.hush("menu", { active: true });
  pad.hush("blurred", { active: true });
  pad.hush("menu", { active: false });
  pad.hush("blurred", { active: false });
  deepEqual(reported, [1, 0, 0, 0, 1]);
});

Deno.test("[PAD8] an unplugged device releases its buttons", () => {
  const pad = new Pad(() => {});
  pad.set("gamepad", { ...AT_REST, buttons: 2 });
  pad.set("gamepad", undefined);
  deepEqual(pad.level, AT_REST);
});

Deno.test("[PLY4] a touch in the middle presses nothing, on an arm one direction, between two arms both", () => {
  const at = (x: number, y: number) => [...directionsAt(x, y)].sort();
  deepEqual(at(0, 0.1), []);
  deepEqual(at(0.8, 0), ["right"]);
  deepEqual(at(0, -0.8), ["up"]);
  deepEqual(at(-0.6, 0.6), ["down", "left"]);
  deepEqual(at(0.6, -0.6), ["right", "up"]);
});

Deno.test("[PLY4] no point presses two opposite directions", () => {
  const unit = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  fc.assert(fc.property(unit, unit, (x, y) => {
    const pressed = new Set<Button>(directionsAt(x, y));
    ok(!(pressed.has("left") && pressed.has("right")));
    ok(!(pressed.has("up") && pressed.has("down")));
    ok(pressed.size <= 2);
  }));
});

Deno.test("a system's pad has its own buttons", () => {
  equal(buttonsOf("NES").includes("x"), false);
  equal(buttonsOf("GBA").includes("l"), true);
  equal(buttonsOf("Game Boy Color").includes("l"), false);
  equal(buttonsOf("SNES").includes("y"), true);
  equal(maskOf(["a", "up"]), buttonBit("a") | buttonBit("up"));
});

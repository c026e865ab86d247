import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Button } from "../../../protocol/control/pad.ts";
import { buttonName, buttonsOf, layoutOf } from "../../../web/play/input/layout.ts";
import { pressedBy, stickOf } from "../../../web/play/input/touch.ts";
import { createControls } from "../../../web/play/controls/kept.ts";

Deno.test("[PLY4] two fingers on opposite directions press that of the newer finger alone", () => {
  deepEqual([...pressedBy([["left"], ["right", "up"]])], ["right", "up"]);
  deepEqual([...pressedBy([["left", "a"], [], ["a"]])], ["left", "a"]);
  const finger = fc.subarray(["up", "down", "left", "right", "a"] as Button[]);
  fc.assert(fc.property(fc.array(finger, { maxLength: 10 }), (fingers) => {
    const pressed = pressedBy(fingers);
    ok(!(pressed.has("left") && pressed.has("right")));
    ok(!(pressed.has("up") && pressed.has("down")));
    const [x, y] = stickOf(pressed);
    ok(Math.hypot(x, y) <= 0x7fff + 1);
  }));
});

Deno.test("[HND6] directions push a stick to its edge, also aslant", () => {
  deepEqual(stickOf(new Set()), [0, 0]);
  deepEqual(stickOf(new Set<Button>(["left"])), [-0x7fff, 0]);
  const [x, y] = stickOf(new Set<Button>(["right", "down"]));
  ok(x === y && Math.abs(Math.hypot(x, y) - 0x7fff) < 2);
});

const pads: readonly [system: string, shape: string, faces: string, others: string][] = [
  ["NES", "two", "A B", "Select Start"],
  ["Famicom Disk System", "two", "A B", "Select Start"],
  ["Game Boy", "two", "A B", "Select Start"],
  ["Game Boy Color", "two", "A B", "Select Start"],
  ["Game Boy Advance", "two", "A B", "L R Select Start"],
  ["SNES", "four", "X Y A B", "L R Select Start"],
  ["PC Engine", "two", "I II", "Select Run"],
  ["PlayStation", "four", "△ □ ○ ✕", "L1 L2 R1 R2 Select Start"],
  ["MSX", "two", "A B", "Select Start"],
  ["Mega Drive", "six", "X Y Z A B C", "Mode Start"],
  ["Master System", "two", "2 1", "Start"],
  ["Game Gear", "two", "2 1", "Start"],
  ["Nintendo 64", "two", "A B", "L Z R Start"],
  ["Nintendo DS", "four", "X Y A B", "L R Select Start"],
  ["Atari 2600", "one", "Fire", "Select Reset"],
  ["Atari Lynx", "two", "A B", "Opt 1 Opt 2 Pause"],
  ["Test pattern", "two", "A B", "Select Start"],
  ["Something else", "four", "X Y A B", "L R Select Start"],
];
for (const [system, shape, faces, others] of pads) {
  Deno.test(`[HND6] the pad of ${system} has its own buttons, each once, by their names`, () => {
    const layout = layoutOf(system);
    const named = (buttons: readonly Button[]) =>
      buttons.map((button) => buttonName(button, system)).join(" ");
    equal(layout.shape, shape);
    equal(named(layout.faces), faces);
    equal(named([...layout.shoulders.flat(), ...layout.small]), others);
    const all = buttonsOf(system);
    equal(new Set(all).size, all.length);
    equal(new Set(all.map((button) => buttonName(button, system))).size, all.length);
  });
}

Deno.test("[HND6] hand, size and opacity of the pad are kept; a size that fits no screen is not", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  createControls(() => storage).change({ touch: { mirrored: true, size: 120, opacity: 60 } });
  deepEqual(createControls(() => storage).all.value.touch, {
    mirrored: true,
    size: 120,
    opacity: 60,
  });
  createControls(() => storage).change({ touch: { mirrored: true, size: 9_000, opacity: 0 } });
  equal(createControls(() => storage).all.value.touch.size, 100);
});

import { deepEqual, equal } from "node:assert/strict";
import { BUTTONS, NEUTRAL_PAD } from "../../../../protocol/control/pad.ts";
import { Inputs, pluggedDevices } from "../../../../worker/sources/libretro/inputs.ts";
import { held } from "../../../support/screen.ts";

const JOYPAD = { device: 1, index: 0 };
const LEFT_STICK = { device: 5, index: 0 };
const RIGHT_STICK = { device: 5, index: 1 };
const PRESSURE = { device: 5, index: 2 };

function setup(...pads: readonly (typeof NEUTRAL_PAD)[]) {
  const inputs = new Inputs();
  inputs.set(pads);
  return inputs;
}

Deno.test("[LBR7] every button has libretro's number", () => {
  BUTTONS.forEach((button, id) => {
    const inputs = setup(held(button));
    const pressed = BUTTONS.filter((_, other) => inputs.state(0, { ...JOYPAD, id: other }) === 1);
    deepEqual(pressed, [BUTTONS[id]]);
  });
});

Deno.test("[LBR7] all buttons are read at once, the sixteenth as the sign", () => {
  equal(setup(held("b", "a")).state(0, { ...JOYPAD, id: 256 }), 0x101);
  equal(setup(held("r3")).state(0, { ...JOYPAD, id: 256 }), -0x8000);
});

Deno.test("[LBR7] each of five ports has its own pad, and a sixth has none", () => {
  const inputs = setup(held(), held("a"), held(), held("start"), held("b"));
  const states = [0, 1, 2, 3, 4, 5].map((port) => inputs.state(port, { ...JOYPAD, id: 256 }));
  deepEqual(states, [0, 0x100, 0, 8, 1, 0]);
});

Deno.test("[LBR17] more than two seats take the multitap that a core has, and its pads no port", () => {
  const multitap = { port: 1, device: 257 };
  deepEqual(pluggedDevices(5, multitap), [1, 257]);
  deepEqual(pluggedDevices(3, { port: 0, device: 513 }), [513]);
  for (const plugged of [pluggedDevices(0, multitap), pluggedDevices(2, multitap)]) {
    deepEqual(plugged, [1, 1, 1, 1, 1]);
  }
  deepEqual(pluggedDevices(5, undefined), [1, 1, 1, 1, 1]);
});

Deno.test("[LBR7] a variant of the joypad is a joypad, and other devices do not exist", () => {
  const inputs = setup(held("b"));
  equal(inputs.state(0, { device: 0x201, index: 0, id: 0 }), 1);
  equal(inputs.state(0, { device: 2, index: 0, id: 0 }), 0);
});

Deno.test("[LBR8] sticks and triggers have their own values", () => {
  const inputs = setup({ ...NEUTRAL_PAD, axes: [1, -2, 3, -0x8000], triggers: [255, 51] });
  deepEqual([0, 1].map((id) => inputs.state(0, { ...LEFT_STICK, id })), [1, -2]);
  deepEqual([0, 1].map((id) => inputs.state(0, { ...RIGHT_STICK, id })), [3, -0x8000]);
  deepEqual([12, 13].map((id) => inputs.state(0, { ...PRESSURE, id })), [0x7fff, 6553]);
  equal(setup(held("a")).state(0, { ...PRESSURE, id: 8 }), 0x7fff);
});

Deno.test("[LBR8] the stick presses the directions until the core reads sticks", () => {
  const inputs = setup({ ...NEUTRAL_PAD, axes: [0x7fff, 0, 0, 0] });
  const right = () => inputs.state(0, { ...JOYPAD, id: BUTTONS.indexOf("right") });
  equal(right(), 1);
  inputs.state(0, { ...LEFT_STICK, id: 0 });
  equal(right(), 0);
});

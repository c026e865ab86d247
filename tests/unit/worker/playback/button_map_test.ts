import { deepEqual, equal } from "node:assert/strict";
import {
  type Button,
  BUTTONS,
  maskOf,
  NEUTRAL_PAD,
  type PadState,
} from "../../../../protocol/control/pad.ts";
import { padMapper } from "../../../../worker/playback/button_map.ts";

const pad = (...buttons: readonly Button[]): PadState => ({
  ...NEUTRAL_PAD,
  seq: 7,
  axes: [1, -2, 3, -4],
  buttons: maskOf(buttons),
});
const pressed = ({ buttons }: PadState) => BUTTONS.filter((each) => buttons & maskOf([each]));

Deno.test("[LIB13] each button presses what the map says, and itself where it says nothing", () => {
  const map = padMapper({ a: "b", b: "a", x: "none", l3: "start" });
  deepEqual(pressed(map(pad("a"))), ["b"]);
  deepEqual(pressed(map(pad("b"))), ["a"]);
  deepEqual(pressed(map(pad("a", "b", "x", "up"))), ["b", "up", "a"]);
  deepEqual(pressed(map(pad("x"))), []);
  deepEqual(pressed(map(pad("l3", "start"))), ["start"]);
  const { seq, axes } = map(pad("a"));
  deepEqual([seq, axes], [7, [1, -2, 3, -4]], "sticks stay as they are");
});

Deno.test("[LIB13] two buttons may press one: it is held until both are let go", () => {
  const map = padMapper({ y: "b" });
  deepEqual(pressed(map(pad("y", "b"))), ["b"]);
  deepEqual(pressed(map(pad("y"))), ["b"]);
  deepEqual(pressed(map(pad())), []);
});

Deno.test("[LIB13] a trigger keeps its depth on a trigger, and has none on a button", () => {
  const pulled: PadState = { ...pad("l2", "r2"), triggers: [200, 90] };
  deepEqual(padMapper({ l2: "r2", r2: "l2" })(pulled).triggers, [90, 200]);
  const mapped = padMapper({ l2: "b" })(pulled);
  deepEqual([mapped.triggers, pressed(mapped)], [[0, 90], ["b", "r2"]]);
  deepEqual(padMapper({ a: "l2" })(pulled).triggers, [200, 90]);
});

Deno.test("[LIB13] a map that changes nothing gives the pad itself", () => {
  const one = pad("a");
  equal(padMapper()(one), one);
  equal(padMapper({})(one), one);
  equal(padMapper({ a: "a" })(one), one);
});

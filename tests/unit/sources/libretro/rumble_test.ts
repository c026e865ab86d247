import { deepEqual, equal } from "node:assert/strict";
import { STILL } from "../../../../protocol/rumble/motors.ts";
import { Rumble } from "../../../../worker/sources/libretro/rumble.ts";

Deno.test("[LBR14] a core sets each motor of each pad; what does not exist is refused", () => {
  const rumble = new Rumble();
  const before = rumble.motors;
  for (
    const [port, effect, strength, taken] of [
      [0, 0, 0xffff, true],
      [0, 1, 1, true],
      [3, 1, 0x8000, true],
      [5, 0, 9, false],
      [0, 2, 9, false],
      [0xffff_ffff, 0, 9, false],
    ] as const
  ) {
    equal(rumble.set(port, effect, strength), taken, `${port} ${effect}`);
  }
  deepEqual(before, [STILL, STILL, STILL, STILL, STILL]);
  deepEqual(rumble.motors, [
    { strong: 255, weak: 1 },
    STILL,
    STILL,
    { strong: 0, weak: 128 },
    STILL,
  ]);
  const same = rumble.motors;
  rumble.set(0, 0, 0xffff);
  equal(rumble.motors, same);
  rumble.clear();
  deepEqual(rumble.motors, before);
});

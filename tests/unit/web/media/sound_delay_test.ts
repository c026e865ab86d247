import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  SOUND_IN_TIME,
  type SoundSample,
  watchSound,
} from "../../../../web/play/media/sound_delay.ts";

/** The seconds in which the sound begins anew. */
function play(samples: readonly Partial<SoundSample>[]): number[] {
  let state = SOUND_IN_TIME;
  return samples.flatMap((sample, second) => {
    const measured = { soundDelay: undefined, soundJitter: undefined, ...sample };
    const next = watchSound(state, measured, 1_000 * second as Millis);
    state = next.state;
    return next.renew ? [second] : [];
  });
}

const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

Deno.test("[PLY40] sound that is late for two seconds begins anew; for one second it does not", () => {
  deepEqual(play([...times(5, { soundDelay: 40 }), ...times(3, { soundDelay: 400 })]), [6]);
  deepEqual(play([{ soundDelay: 400 }, { soundDelay: 40 }, { soundDelay: 400 }]), []);
});

Deno.test("[PLY40] packets that vary need a buffer", () => {
  deepEqual(play(times(20, { soundDelay: 120, soundJitter: 12 })), []);
});

Deno.test("[PLY40] attempts become rare when they do not help", () => {
  const attempts = play(times(600, { soundDelay: 400 }));
  deepEqual(attempts.slice(0, 5), [1, 11, 31, 71, 151]);
  equal(attempts.length, 7);
});

Deno.test("[PLY40] after an attempt that helped, the next lateness is mended as soon", () => {
  const late = times(2, { soundDelay: 400 });
  deepEqual(play([...late, ...times(3, { soundDelay: 50 }), ...late]), [1, 6]);
});

Deno.test("[PLY40] where the browser tells nothing, nothing happens", () => {
  deepEqual(play(times(20, {})), []);
});

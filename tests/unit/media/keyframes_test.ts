import { deepEqual, equal } from "node:assert/strict";
import { KEYFRAME_INTERVAL, Keyframes } from "../../../media/keyframes.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const keyframes = new Keyframes(clock);
  const encode = (): string => {
    if (!keyframes.due) return "delta";
    keyframes.made();
    return "key";
  };
  return { clock, keyframes, encode };
}

Deno.test("[KEY1] the first picture is a keyframe, later ones only on request", () => {
  const { clock, encode } = setup();
  const first = encode();
  clock.advance(10 * KEYFRAME_INTERVAL);
  deepEqual([first, encode(), encode()], ["key", "delta", "delta"]);
});

Deno.test("[KEY2] many requests make one keyframe", () => {
  const { clock, keyframes, encode } = setup();
  encode();
  clock.advance(KEYFRAME_INTERVAL);
  for (let asker = 0; asker < 20; asker++) keyframes.request();
  deepEqual([encode(), encode()], ["key", "delta"]);
});

Deno.test("[KEY3] keyframes keep their least interval, and a request that came too soon is kept", () => {
  const { clock, keyframes, encode } = setup();
  encode();
  keyframes.request();
  clock.advance(KEYFRAME_INTERVAL - 1);
  const early = encode();
  clock.advance(1);
  deepEqual([early, encode()], ["delta", "key"]);
});

Deno.test("[KEY4] a request is kept while the encoder drops pictures", () => {
  const { clock, keyframes } = setup();
  keyframes.made();
  clock.advance(KEYFRAME_INTERVAL);
  keyframes.request();
  deepEqual([keyframes.due, keyframes.due], [true, true]);
});

Deno.test("[KEY4] a keyframe without a request answers the waiting requests", () => {
  const { clock, keyframes } = setup();
  keyframes.request();
  keyframes.made();
  clock.advance(KEYFRAME_INTERVAL);
  equal(keyframes.due, false);
});

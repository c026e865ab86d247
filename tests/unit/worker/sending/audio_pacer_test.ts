import { deepEqual, equal } from "node:assert/strict";
import { AudioPacer } from "../../../../worker/sending/audio_pacer.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const packet = (timestamp: number) => ({ data: new Uint8Array(1), timestamp });

function setup() {
  const clock = new FakeClock();
  const sent: { at: number; timestamp: number }[] = [];
  const pacer = new AudioPacer(
    clock,
    ({ timestamp }) => sent.push({ at: clock.now(), timestamp }),
  );
  return { clock, sent, pacer };
}

Deno.test("[MED4] the packets of a burst are sent one every 10 ms", () => {
  const { clock, sent, pacer } = setup();
  pacer.push([packet(0), packet(480), packet(960)]);
  clock.advance(50);
  deepEqual(sent, [{ at: 0, timestamp: 0 }, { at: 10, timestamp: 480 }, {
    at: 20,
    timestamp: 960,
  }]);
});

Deno.test("[MED4] after a pause in the sound, the next packet is sent at once, and the pause is not made up for", () => {
  const { clock, sent, pacer } = setup();
  pacer.push([packet(0)]);
  clock.advance(500);
  pacer.push([packet(480), packet(960)]);
  clock.advance(50);
  deepEqual(sent.map(({ at }) => at), [0, 500, 510]);
});

Deno.test("[MED4] when more than six packets wait, the oldest are dropped", () => {
  const { clock, sent, pacer } = setup();
  pacer.push([packet(0)]);
  pacer.push(Array.from({ length: 9 }, (_, i) => packet(480 * (i + 1))));
  clock.advance(200);
  equal(sent.length, 7);
  equal(sent[1]?.timestamp, 480 * 4);
});

Deno.test("[MED4] nothing is sent after the pacer is disposed", () => {
  const { clock, sent, pacer } = setup();
  pacer.push([packet(0), packet(480)]);
  pacer[Symbol.dispose]();
  clock.advance(50);
  equal(sent.length, 1);
  equal(clock.pending, 0);
});

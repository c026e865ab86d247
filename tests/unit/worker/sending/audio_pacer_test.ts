import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { AudioPacer } from "../../../../worker/sending/audio_pacer.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const PACKET_TICKS = 480;

/** A packet whose one byte is its place. */
const packet = (place: number, ticks = PACKET_TICKS) => ({
  data: Uint8Array.of(place),
  timestamp: (5_000 + ticks * place) >>> 0,
});

function setup() {
  const clock = new FakeClock();
  const sent: { at: number; place: number; timestamp: number }[] = [];
  const pacer = new AudioPacer(
    clock,
    ({ data, timestamp }) => sent.push({ at: clock.now(), place: data[0]!, timestamp }),
  );
  /** How far the timestamp of each packet is from the clock, compared with the first, in milliseconds. */
  const late = () =>
    sent.map(({ at, timestamp }) => at - sent[0]!.at - (timestamp - sent[0]!.timestamp) / 48);
  return { clock, sent, pacer, late };
}

Deno.test("[MED4] the packets of a burst are sent one every 10 ms", () => {
  const { clock, sent, pacer, late } = setup();
  pacer.push([packet(0), packet(1), packet(2)]);
  clock.advance(50);
  deepEqual(sent.map(({ at, place }) => [at, place]), [[0, 0], [10, 1], [20, 2]]);
  deepEqual(late(), [0, 0, 0]);
});

Deno.test("[MED4] packets of 20 ms are sent one every 20 ms", () => {
  const { clock, sent, pacer, late } = setup();
  pacer.push([packet(0, 960), packet(1, 960), packet(2, 960)]);
  clock.advance(100);
  deepEqual(sent.map(({ at }) => at), [0, 10, 30]);
  deepEqual(late(), [0, -10, -10]);
});

Deno.test("[MED4] after a stall the next packet is sent at once, the stall is not made up for, and no packet is late", () => {
  const { clock, sent, pacer, late } = setup();
  pacer.push([packet(0)]);
  clock.advance(500);
  pacer.push([packet(1), packet(2)]);
  clock.advance(50);
  deepEqual(sent.map(({ at }) => at), [0, 500, 510]);
  deepEqual(late(), [0, 0, 0]);
});

Deno.test("[MED4] when more than six packets wait, the oldest are dropped, and no packet is late or early", () => {
  const { clock, sent, pacer, late } = setup();
  pacer.push([packet(0)]);
  pacer.push(Array.from({ length: 9 }, (_, index) => packet(index + 1)));
  clock.advance(200);
  deepEqual(sent.map(({ place }) => place), [0, 4, 5, 6, 7, 8, 9]);
  ok(late().every((ms) => ms === 0));
});

Deno.test("[MED8] packets that wait all the time for half a second are dropped", () => {
  const { clock, sent, pacer, late } = setup();
  pacer.push(Array.from({ length: 5 }, (_, index) => packet(index)));
  let place = 5;
  for (let turn = 0; turn < 120; turn++) {
    clock.advance(10);
    pacer.push([packet(place++)]);
  }
  const last = sent.at(-1)!;
  ok(place - 1 - last.place <= 1, `${place - 1 - last.place} packets still wait`);
  ok(late().every((ms) => Math.abs(ms) <= 10));
});

Deno.test("[MED8] bursts that a source always makes are not dropped", () => {
  const { clock, sent, pacer } = setup();
  let place = 0;
  for (let turn = 0; turn < 60; turn++) {
    pacer.push([packet(place++), packet(place++), packet(place++), packet(place++)]);
    clock.advance(40);
  }
  equal(sent.length, place);
});

Deno.test("[MED8] whatever the source does, no packet is late by more than a stall, and timestamps grow", () => {
  const turn = fc.record({ wait: fc.nat(400), count: fc.nat(12) });
  fc.assert(fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
    const { clock, sent, pacer, late } = setup();
    let place = 0;
    for (const { wait, count } of turns) {
      pacer.push(
        Array.from({ length: count }, () => packet(place++ % 256)).map((each, index) => ({
          ...each,
          timestamp: PACKET_TICKS * (place - count + index),
        })),
      );
      clock.advance(wait);
    }
    ok(late().every((ms) => ms <= 40 && ms >= -40), `${late()}`);
    for (const [index, { timestamp }] of sent.entries()) {
      if (index > 0) ok(timestamp - sent[index - 1]!.timestamp >= PACKET_TICKS);
    }
    pacer[Symbol.dispose]();
  }));
});

Deno.test("[MED4] nothing is sent after the pacer is disposed", () => {
  const { clock, sent, pacer } = setup();
  pacer.push([packet(0), packet(1)]);
  pacer[Symbol.dispose]();
  clock.advance(50);
  equal(sent.length, 1);
  equal(clock.pending, 0);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  LEAST_SPACING,
  MOST_AGE,
  Repair,
  REPAIR_SHARE,
  SAVED_SHARE,
  UNKNOWN_ROUND_TRIP,
} from "../../../../worker/sending/repair.ts";
import { BUFFERED_PACKETS } from "../../../../worker/sending/retransmission_buffer.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const SIZE = 1_150;

function setup({ first = 100 } = {}) {
  const clock = new FakeClock();
  const repair = new Repair(clock);
  let next = first;
  /** Sends so many packets and returns their sequence numbers. */
  const send = (count: number, { startsKeyframe = false } = {}) =>
    Array.from({ length: count }, (_, index) => {
      const sequenceNumber = next;
      next = (next + 1) % 2 ** 16;
      const payload = new Uint8Array(SIZE);
      const packet = { sequenceNumber, timestamp: 0, marker: false, payload, capturedAt: 0 };
      repair.sent(
        packet.sequenceNumber,
        { ...packet, startsKeyframe: startsKeyframe && index === 0 },
        clock.now(),
      );
      return sequenceNumber;
    });
  const again = (lost: readonly number[]) =>
    repair.answer(lost).packets.map(({ sequenceNumber }) => sequenceNumber);
  return { clock, repair, send, again };
}

Deno.test("[REP1] a packet of the last second is sent again, also at 30 Mbit/s; one that was never sent is not", () => {
  const { send, again } = setup();
  const numbers = send(Math.ceil(30_000_000 / 8 / SIZE));
  deepEqual(again([numbers[0]!]), [numbers[0]!]);
  deepEqual(again([(numbers.at(-1)! + 1) % 2 ** 16]), []);
  const later = send(BUFFERED_PACKETS);
  deepEqual(again([numbers[1]!, later[0]!]), [later[0]!]);
});

Deno.test("[REP2] a packet is sent again once in a round-trip time", () => {
  const { clock, repair, send, again } = setup();
  const isSpaced = (time: number) => {
    const [number] = send(1) as [number];
    deepEqual(again([number, number]), [number]);
    clock.advance(time - 1);
    deepEqual(again([number]), []);
    clock.advance(1);
    deepEqual(again([number]), [number]);
  };
  isSpaced(UNKNOWN_ROUND_TRIP);
  repair.measured(120);
  isSpaced(120);
  for (let n = 0; n < 40; n++) repair.measured(1);
  isSpaced(LEAST_SPACING);
});

Deno.test("[REP3] retransmissions take a share of the sent bytes, and what is given up costs one keyframe request", () => {
  const { repair, send, again } = setup();
  const numbers = send(400);
  const answer = repair.answer(numbers);
  equal(answer.packets.length, Math.floor(SAVED_SHARE / SIZE));
  equal(answer.needsKeyframe, true);
  equal(repair.answer(numbers).needsKeyframe, false);
  const more = send(4);
  equal(again(more).length, Math.floor(4 * REPAIR_SHARE));
  send(1, { startsKeyframe: true });
  equal(repair.answer(send(20)).needsKeyframe, true);
});

Deno.test("[REP3] whatever is lost, retransmissions stay within their share", () => {
  const step = fc.record({
    packets: fc.nat(40),
    lost: fc.double({ min: 0, max: 1, noNaN: true }),
    time: fc.nat(100),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { clock, repair, send } = setup({ first: 65_400 });
    const numbers: number[] = [];
    let resent = 0;
    for (const { packets, lost, time } of steps) {
      numbers.push(...send(packets));
      const asked = numbers.filter((number) => (number * 7 % 100) / 100 < lost);
      for (const { payload } of repair.answer(asked).packets) resent += payload.length;
      clock.advance(time);
      ok(resent <= SAVED_SHARE + REPAIR_SHARE * numbers.length * SIZE);
    }
  }));
});

Deno.test("[REP4] packets before the newest keyframe are not sent again, also where numbers wrap around", () => {
  const { repair, send, again } = setup({ first: 65_530 });
  const before = send(4);
  const after = send(6, { startsKeyframe: true });
  deepEqual(again([...before, ...after]), after);
  deepEqual([before, after].map((numbers) => numbers.every((each) => repair.isUseful(each))), [
    false,
    true,
  ]);
});

Deno.test("[REP4] however long ago the newest keyframe was, the packets after it are sent again", () => {
  const { clock, repair, send, again } = setup();
  send(1, { startsKeyframe: true });
  for (let sent = 0; sent < 2 * 2 ** 16; sent += 1_000) {
    const last = send(1_000).at(-1)!;
    clock.advance(LEAST_SPACING);
    deepEqual([again([last]), repair.isUseful(last)], [[last], true], `after ${sent} packets`);
  }
});

Deno.test("[REP5] a packet that was sent over a second ago is given up for a keyframe", () => {
  const { clock, repair, send } = setup();
  const numbers = send(2);
  clock.advance(MOST_AGE + 1);
  deepEqual(repair.answer(numbers), { packets: [], needsKeyframe: true });
  deepEqual(repair.answer(numbers), { packets: [], needsKeyframe: false });
});

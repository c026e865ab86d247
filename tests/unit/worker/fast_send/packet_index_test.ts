import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { PacketIndex } from "../../../../worker/fast_send/packet_index.ts";

Deno.test("[FST2] the roll-over counter counts each wrap of the sequence number, also over gaps", () => {
  const index = new PacketIndex();
  const numbers = [65_534, 65_535, 0, 1, 30_000, 60_000, 5, 6];
  deepEqual(numbers.map((number) => index.next(number)), [0, 0, 1, 1, 1, 1, 2, 2]);
});

Deno.test("[FST2] no number is used twice: a repeated or older one is refused", () => {
  const index = new PacketIndex();
  index.next(0);
  for (const number of [0, 65_535, 32_768]) throws(() => index.next(number), /was protected/);
  equal(index.next(32_767), 0);
});

Deno.test("[FST2] whatever numbers come, the indexes that are given rise", () => {
  fc.assert(fc.property(fc.array(fc.nat(65_535), { maxLength: 200 }), (numbers) => {
    const index = new PacketIndex();
    let last = -1;
    for (const number of numbers) {
      try {
        const next = index.next(number) * 2 ** 16 + number;
        equal(next > last, true);
        last = next;
      } catch (error) {
        equal(error instanceof RangeError, true);
      }
    }
  }));
});

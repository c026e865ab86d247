import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  BUFFERED_PACKETS,
  RetransmissionBuffer,
} from "../../../../worker/sending/retransmission_buffer.ts";

const content = (n: number) => ({
  timestamp: n,
  marker: false,
  payload: Uint8Array.of(n % 256),
  capturedAt: n,
});

Deno.test("[REP6] the content of a packet is kept for its time, and the packet is known for longer", () => {
  const buffer = new RetransmissionBuffer(1_000);
  buffer.add(65_535, content(1), 0 as Millis);
  buffer.add(0, content(2), 600 as Millis);
  buffer.add(1, content(3), 1_001 as Millis);
  deepEqual(buffer.find(65_535), { sent: undefined, sentAt: 0, resentAt: undefined });
  deepEqual(buffer.find(0)!.sent, { sequenceNumber: 0, ...content(2) });
  equal(buffer.find(2), undefined);
});

Deno.test("[REP6] a buffer without packets knows none", () => {
  equal(new RetransmissionBuffer(1_000).find(0), undefined);
});

Deno.test("[REP6] whatever the times between packets, exactly the contents of the newest time are kept", () => {
  fc.assert(fc.property(
    fc.nat(65_535),
    fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }),
    (first, gaps) => {
      const buffer = new RetransmissionBuffer(1_000);
      let now = 0;
      const sent = gaps.map((gap, index) => {
        now += gap;
        const number = (first + index) % 2 ** 16;
        buffer.add(number, content(index), now as Millis);
        return { number, at: now };
      });
      for (const { number, at } of sent) {
        const found = buffer.find(number)!;
        equal(found.sentAt, at);
        equal(found.sent !== undefined, now - at <= 1_000);
      }
    },
  ));
});

Deno.test("[REP6] a packet that came so many packets before is not known", () => {
  const buffer = new RetransmissionBuffer(1_000);
  for (let n = 0; n <= BUFFERED_PACKETS; n++) buffer.add(n, content(n), 0 as Millis);
  equal(buffer.find(0), undefined);
  equal(buffer.find(1)!.sent!.sequenceNumber, 1);
});

Deno.test("[REP6] contents are forgotten in time also after a burst that filled the buffer", () => {
  const buffer = new RetransmissionBuffer(1_000);
  for (let n = 0; n < BUFFERED_PACKETS + 10; n++) buffer.add(n, content(n), n * 0.2 as Millis);
  const last = BUFFERED_PACKETS + 10;
  buffer.add(last, content(last), 1_500 as Millis);
  equal(buffer.find(2_000)!.sent, undefined);
  equal(buffer.find(3_000)!.sent!.sequenceNumber, 3_000);
});

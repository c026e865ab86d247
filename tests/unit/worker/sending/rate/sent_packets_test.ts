import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../../protocol/clock.ts";
import { KEPT_PACKETS, SentPackets } from "../../../../../worker/sending/rate/sent_packets.ts";

const at = (ms: number) => ms as Millis;

Deno.test("[EST7] packets are numbered in one row, around the wrap, and found by their numbers", () => {
  const sent = new SentPackets();
  for (let n = 0; n < 2 ** 16 - 1; n++) sent.next(100, at(n));
  deepEqual([sent.next(200, at(70_000)), sent.next(300, at(70_001))], [65_535, 0]);
  deepEqual(sent.match(65_535, [1, undefined]), [
    { sentAt: 70_000, receivedAt: 1, bytes: 200 },
    { sentAt: 70_001, receivedAt: undefined, bytes: 300 },
  ]);
});

Deno.test("[EST7] a packet is reported as received once, and as lost once before", () => {
  const sent = new SentPackets();
  sent.next(100, at(5));
  const report = (time: number | undefined) => sent.match(0, [time]).map((each) => each.receivedAt);
  deepEqual(report(undefined), [undefined]);
  deepEqual(report(undefined), []);
  deepEqual(report(7), [7]);
  deepEqual(report(7), []);
});

Deno.test("[EST7] numbers that were never sent, or too long ago, are ignored", () => {
  const sent = new SentPackets();
  deepEqual(sent.match(0, [1, 2, 3]), []);
  for (let n = 0; n <= KEPT_PACKETS; n++) sent.next(100, at(n));
  equal(sent.match(0, [1, 2]).length, 1);
  equal(sent.match(KEPT_PACKETS, [1, 2, 3]).length, 1);
});

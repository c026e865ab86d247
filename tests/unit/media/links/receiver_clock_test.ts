import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { ClockComparison } from "../../../../media/links/receiver_clock.ts";
import { decodeReceiverTime, encodeReceiverTime } from "../../../../media/links/receiver_time.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { BondedNet, EPOCH_ORIGIN } from "../../../support/links/bonded_net.ts";
import { always } from "../../../support/relay/conditions.ts";

/** What the receiver's clock is ahead of the device's, in milliseconds. */
const AHEAD = 1_700_000_000_000;

function offsetOf(comparison: ClockComparison): number {
  const { clock } = comparison;
  return clock.type === "known" ? clock.offset - AHEAD : NaN;
}

Deno.test("[CAP3] what the exchanges of three seconds allow is the offset, and half its width the error", () => {
  const comparison = new ClockComparison();
  deepEqual(comparison.clock, { type: "unknown", why: "not_compared" });
  comparison.exchanged({ sent: 0, theirs: AHEAD + 25, received: 50 });
  deepEqual(comparison.clock, { type: "known", offset: AHEAD, error: 25 });
  // Quick there and slow back, then the other way around: together they are exact.
  comparison.exchanged({ sent: 100, theirs: AHEAD + 100, received: 180 });
  comparison.exchanged({ sent: 200, theirs: AHEAD + 290, received: 290 });
  deepEqual(comparison.clock, { type: "known", offset: AHEAD, error: 0 });
  comparison.exchanged({ sent: 3_300, theirs: AHEAD + 3_340, received: 3_380 });
  deepEqual(
    comparison.clock,
    { type: "known", offset: AHEAD, error: 40 },
    "older ones are forgotten",
  );
});

Deno.test("[CAP3] whatever each way takes, the error of an exchange holds", () => {
  const way = fc.double({ min: 0, max: 400, noNaN: true });
  const exchanges = fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(exchanges, (ways) => {
    const comparison = new ClockComparison();
    ways.forEach(([there, back], index) => {
      const sent = index * 100;
      comparison.exchanged({ sent, theirs: AHEAD + sent + there, received: sent + there + back });
    });
    const { clock } = comparison;
    ok(clock.type === "known" && Math.abs(clock.offset - AHEAD) <= clock.error + 0.01);
  }));
});

Deno.test("[CAP3] whenever reported times come and are read, the error holds; one that is sent again changes nothing", () => {
  const ms = fc.double({ min: 0, max: 10, noNaN: true });
  const reports = fc.array(fc.tuple(ms, ms, fc.boolean()), { minLength: 2, maxLength: 15 });
  fc.assert(fc.property(reports, fc.integer({ min: 0, max: 60 }), (all, back) => {
    const comparison = new ClockComparison();
    const rtt = 60;
    all.forEach(([waited, before, isRepeat], index) => {
      const at = index * 200;
      const came = at + back + (isRepeat && index > 0 ? 70 : 0);
      const times = { theirs: AHEAD + at, after: came - before, received: came + waited, rtt };
      comparison.reported(times);
    });
    const { clock } = comparison;
    ok(clock.type === "known" && clock.error <= rtt / 2 + 20 + 0.01);
    ok(Math.abs(clock.offset - AHEAD) <= clock.error + 0.01, `${clock.offset - AHEAD}`);
  }));
});

Deno.test("[CAP3] a receiver whose clock jumps is followed within three seconds, and the newest stay while none comes", () => {
  const comparison = new ClockComparison();
  const report = (at: number, jump: number) =>
    comparison.reported({ theirs: AHEAD + at + jump, after: at + 10, received: at + 10, rtt: 20 });
  for (let at = 0; at < 2_000; at += 200) report(at, 0);
  equal(offsetOf(comparison), 0);
  for (let at = 2_000; at < 5_200; at += 200) report(at, -60_000);
  equal(offsetOf(comparison), -60_000);
});

Deno.test("[CAP3] comparisons that come without end take a bounded room, and one from the future is none", () => {
  const comparison = new ClockComparison();
  for (let n = 0; n < 1_000; n++) {
    comparison.exchanged({ sent: 0, theirs: AHEAD + 10, received: 20 });
  }
  comparison.exchanged({ sent: 30, theirs: AHEAD, received: 20 });
  equal(offsetOf(comparison), 0);
});

Deno.test("[CAP3] a bonded link knows its receiver's clock, within the error it states, over loss and jitter", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = new SeededRandom(seed);
    const path = () => ({
      up: always({ delayMs: random.unit() * 60, jitterMs: 15, loss: 0.05 }),
      down: always({ delayMs: random.unit() * 60, jitterMs: 15, loss: 0.05 }),
    });
    const net = new BondedNet({ regimes: [path(), path()], seed });
    const { receiverClock: first } = net.sender;
    deepEqual(first, { type: "unknown", why: "not_compared" });
    net.run(4_000, { bitrate: 2e6 });
    const clock = net.sender.receiverClock;
    ok(clock.type === "known" && clock.error < 65, `seed ${seed}`);
    ok(
      Math.abs(clock.offset - EPOCH_ORIGIN) <= clock.error + 0.01,
      `seed ${seed}: ${clock.offset}`,
    );
  }
});

Deno.test("[CAP3] the message of the time is read back, and no other one is", () => {
  const at = 1_767_225_600_123.456;
  equal(decodeReceiverTime(encodeReceiverTime(at)), at);
  for (const bytes of [[], [1], [2], [3, 0, 0, 0, 0, 0, 0, 0, 0]]) {
    equal(decodeReceiverTime(Uint8Array.from(bytes)), undefined);
  }
});

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

Deno.test("[CAP3] of the exchanges of three seconds the quickest counts, and its error is half its round trip", () => {
  const comparison = new ClockComparison();
  deepEqual(comparison.clock, { type: "unknown", why: "not_compared" });
  comparison.exchanged({ sent: 0, theirs: AHEAD + 25, received: 50 });
  comparison.exchanged({ sent: 100, theirs: AHEAD + 190, received: 210 });
  deepEqual(comparison.clock, { type: "known", offset: AHEAD, error: 25 });
  comparison.exchanged({ sent: 3_100, theirs: AHEAD + 3_140, received: 3_180 });
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

Deno.test("[CAP3] of reported times the one that came soonest counts, with half the least round trip", () => {
  const comparison = new ClockComparison();
  for (const [at, waited] of [[0, 9], [200, 0.5], [400, 7]] as const) {
    comparison.reported({ theirs: AHEAD + at, received: at + 25 + waited, rtt: 50 + waited });
  }
  ok(Math.abs(offsetOf(comparison)) < 0.6, `${offsetOf(comparison)}`);
});

Deno.test("[CAP3] a receiver whose clock jumps is followed within three seconds, and the newest stay while none comes", () => {
  const comparison = new ClockComparison();
  const report = (at: number, jump: number) =>
    comparison.reported({ theirs: AHEAD + at + jump, received: at + 10, rtt: 20 });
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

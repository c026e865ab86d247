import { deepEqual, equal, ok } from "node:assert/strict";
import { linkOptions } from "../../../../protocol/datagram/options.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { Incoming } from "../../../../protocol/datagram/reliable/incoming.ts";
import { RoundTrip } from "../../../../protocol/datagram/reliable/round_trip.ts";
import { type Conditions, PERFECT } from "../../../support/datagram/network.ts";
import { runSchedule } from "../../../support/datagram/schedule.ts";
import { SealedPair } from "../../../support/datagram/sealed_pair.ts";

/** Schedules of the gate. All 10,000: `npm run bench -- schedules`. */
const SCHEDULES = 500;

Deno.test(`[RUD10] in ${SCHEDULES} random schedules every batch arrives whole, once and in order`, () => {
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const { sent, received, ends } = runSchedule(seed);
    deepEqual({ seed, received, ends }, { seed, received: sent, ends: [] });
  }
});

Deno.test("[RUD11] a lone packet is acknowledged after 5 ms, two at once", () => {
  const pair = openPair();
  pair.device.link.send(batch(10), pair.now);
  pair.run(10 + 5 + 10 - 0.1);
  equal(pair.device.link.stats.flyingBytes > 0, true);
  pair.run(0.2);
  equal(pair.device.link.stats.flyingBytes, 0);
  pair.device.link.send(batch(1_800), pair.now);
  pair.run(20.1);
  equal(pair.device.link.stats.flyingBytes, 0);
});

Deno.test("[RUD12] the receiver asks for a lost packet, and gets it within two round trips", () => {
  const pair = openPair();
  pair.network.conditions = { ...PERFECT, loss: 1 };
  pair.device.link.send(batch(100), pair.now);
  pair.network.conditions = PERFECT;
  const began = pair.now;
  for (let n = 0; n < 4; n++) pair.device.link.send(batch(100), pair.now);
  pair.run(1_000, () => pair.worker.batches.length === 5);
  ok(pair.now - began <= 41, `${pair.now - began} ms`);
  equal(pair.worker.link.stats.askedPackets, 1);
  equal(pair.device.link.stats.resentPackets, 1);
});

Deno.test("[RUD16] an empty packet ends the link, unless it is a whole batch", () => {
  const delivered: Uint8Array[] = [];
  const incoming = new Incoming({
    receiveBufferSize: 1_000,
    roundTrip: new RoundTrip({ maxTimeout: 5_000 }),
    singleAcks: false,
    emit: () => {},
    deliver: (whole) => void delivered.push(whole),
  });
  const empty = { type: "data" as const, batch: 0, number: 0, payload: new Uint8Array() };
  const whole = { ...empty, first: true, last: true };
  equal(incoming.receive(whole, 0 as Millis), undefined);
  deepEqual(delivered, [new Uint8Array()]);
  const next = { ...empty, batch: 1, number: 1, first: true, last: false };
  equal(incoming.receive(next, 0 as Millis), "protocol");
});

Deno.test("[RUD13] the last packet of all is sent again by the measured timeout", () => {
  const pair = openPair();
  pair.network.conditions = { ...PERFECT, loss: 1 };
  const began = pair.now;
  pair.device.link.send(batch(100), pair.now);
  pair.network.conditions = PERFECT;
  const { timeout } = pair.device.link.stats;
  ok(timeout >= 50 && timeout < 200, `${timeout} ms`);
  pair.run(1_000, () => pair.worker.batches.length === 1);
  equal(pair.now - began, timeout + 10);
});

Deno.test("[RUD13] timeouts follow the round trip, double in vain and have limits", () => {
  const roundTrip = new RoundTrip({ maxTimeout: 5_000 });
  equal(roundTrip.timeout, 1_000);
  for (let n = 0; n < 100; n++) roundTrip.sample(40);
  equal(Math.round(roundTrip.timeout), 50);
  for (let n = 0; n < 100; n++) roundTrip.sample(200);
  equal(Math.round(roundTrip.timeout), 210);
  roundTrip.backOff();
  equal(Math.round(roundTrip.timeout), 420);
  for (let n = 0; n < 20; n++) roundTrip.backOff();
  equal(roundTrip.timeout, 5_000);
  roundTrip.recovered();
  equal(Math.round(roundTrip.timeout), 210);
  roundTrip.sample(NaN);
  roundTrip.sample(-1);
  equal(Math.round(roundTrip.timeout), 210);
});

Deno.test("[RUD13] a packet that is sent too often in vain ends the link", () => {
  const pair = openPair({ maxAttempts: 4, pingInterval: 60_000 });
  pair.network.conditions = { ...PERFECT, loss: 1 };
  pair.device.link.send(batch(100), pair.now);
  pair.run(30_000);
  deepEqual(pair.device.ends, ["undeliverable"]);
});

for (const mtu of [560, 800, 1_100]) {
  Deno.test(`[RUD14] a path that carries ${mtu} bytes of the configured 1472 delivers everything`, () => {
    const pair = openPair({ udpPacketSize: 1_472 });
    pair.network.conditions = { ...PERFECT, mtu };
    for (let n = 0; n < 20; n++) pair.device.link.send(batch(5_000, n), pair.now);
    pair.run(20_000, () => pair.worker.batches.length === 20);
    deepEqual(pair.worker.batches, Array.from({ length: 20 }, (_, n) => batch(5_000, n)));
    ok(pair.now < 5_000, `${pair.now} ms`);
  });
}

Deno.test("[RUD14] a path that shrinks under an open link still delivers everything", () => {
  const pair = openPair();
  for (let n = 0; n < 10; n++) pair.device.link.send(batch(5_000, n), pair.now);
  pair.run(1_000);
  pair.network.conditions = { ...PERFECT, mtu: 600 };
  for (let n = 10; n < 20; n++) pair.device.link.send(batch(5_000, n), pair.now);
  pair.run(60_000, () => pair.worker.batches.length === 20);
  deepEqual(pair.worker.batches.length, 20);
});

Deno.test("[RUD15] a little loss shrinks nothing, and a queue does", () => {
  const grown = window({ ...PERFECT, loss: 0.05 });
  const perfect = window(PERFECT);
  ok(grown > 100_000 && perfect > 100_000, `${grown} and ${perfect} bytes`);
  const queued = openPair();
  for (let n = 0; n < 200; n++) {
    queued.network.conditions = { ...PERFECT, delay: 10 + Math.min(60, n) };
    queued.device.link.send(batch(10_000), queued.now);
    queued.run(20);
  }
  ok(queued.device.link.stats.windowBytes < 60_000, `${queued.device.link.stats.windowBytes}`);
});

Deno.test("[RUD15] batches stay below the bitrate limit, and direct packets do not wait", () => {
  const pair = openPair({ maxBitrate: 800_000 });
  const began = pair.now;
  for (let n = 0; n < 10; n++) pair.device.link.send(batch(10_000), pair.now);
  pair.device.link.direct(batch(8));
  pair.run(11);
  equal(pair.worker.direct.length, 1);
  pair.run(10_000, () => pair.worker.batches.length === 10);
  const seconds = (pair.now - began) / 1000;
  ok(seconds > 0.95 && seconds < 1.3, `${seconds} s`);
});

Deno.test("[RUD16] a full send buffer refuses the newest batch, and room comes back", () => {
  const pair = openPair({ sendBufferSize: 20_000 });
  pair.network.conditions = { ...PERFECT, loss: 1 };
  const refusals = Array.from({ length: 5 }, () => pair.device.link.send(batch(6_000), pair.now));
  deepEqual(refusals, [undefined, undefined, undefined, "full", "full"]);
  equal(pair.device.link.stats.refusedBatches, 2);
  pair.network.conditions = PERFECT;
  pair.run(5_000);
  equal(pair.worker.batches.length, 3);
  equal(pair.device.link.stats.heldBytes, 0);
  equal(pair.device.link.send(batch(6_000), pair.now), undefined);
});

Deno.test("[RUD16] a batch beyond the other end's buffer is refused, and empty batches have a bound", () => {
  const pair = openPair({ receiveBufferSize: 4_096, sendBufferSize: 8_192 });
  equal(pair.device.link.send(batch(4_097), pair.now), "too_large");
  equal(pair.device.link.send(batch(4_096), pair.now), undefined);
  let taken = 0;
  while (!pair.device.link.send(batch(0), pair.now)) taken++;
  equal(taken, 63);
  pair.run(5_000);
  equal(pair.worker.batches.length, 64);
});

Deno.test("[RUD17] a silent end is asked, and the link ends after ten pings in vain", () => {
  const pair = openPair();
  pair.run(60_000);
  deepEqual([pair.device.ends, pair.worker.ends], [[], []]);
  pair.network.conditions = { ...PERFECT, loss: 1 };
  const began = pair.now;
  pair.run(60_000, () => pair.device.ends.length > 0 && pair.worker.ends.length > 0);
  deepEqual([pair.device.ends, pair.worker.ends], [["silent"], ["silent"]]);
  ok(pair.now - began >= 10_000 && pair.now - began <= 12_100, `${pair.now - began} ms`);
});

Deno.test("[RUD17] one pong of ten keeps a link open", () => {
  const pair = openPair();
  pair.network.conditions = { ...PERFECT, loss: 1 };
  pair.run(9_500);
  pair.network.conditions = PERFECT;
  pair.run(60_000);
  deepEqual([pair.device.ends, pair.worker.ends], [[], []]);
});

Deno.test("[RUD18] a close ends both ends at once, with its reason", () => {
  const pair = openPair();
  for (let n = 0; n < 30; n++) pair.device.link.send(batch(10_000), pair.now);
  pair.device.link.close("done");
  deepEqual(pair.device.ends, ["done"]);
  equal(pair.device.link.send(batch(1), pair.now), "closed");
  equal(pair.device.link.direct(batch(1)), "closed");
  pair.run(1_000);
  deepEqual(pair.worker.ends, ["done"]);
  deepEqual([pair.dialler.deadline, pair.listener.deadline], [undefined, undefined]);
});

Deno.test("[RUD18] an owner that stops waiting closes the link", () => {
  const pair = openPair();
  pair.waiting[Symbol.dispose]();
  pair.run(1_000);
  deepEqual([pair.worker.ends, pair.device.ends], [["done"], ["done"]]);
});

Deno.test("[RUD19] a direct packet is sent once", () => {
  const pair = openPair();
  pair.network.conditions = { ...PERFECT, loss: 1 };
  equal(pair.device.link.direct(batch(5)), undefined);
  pair.network.conditions = PERFECT;
  equal(pair.device.link.direct(batch(pair.device.link.maxDirect)), undefined);
  equal(pair.device.link.direct(batch(pair.device.link.maxDirect + 1)), "too_large");
  pair.run(5_000);
  deepEqual(pair.worker.direct.map(({ length }) => length), [pair.device.link.maxDirect]);
});

Deno.test("[RUD21] the figures of a lossy link add up", () => {
  const pair = openPair();
  pair.network.conditions = { ...PERFECT, loss: 0.1, duplication: 0.1, jitter: 5 };
  for (let n = 0; n < 20; n++) {
    pair.device.link.send(batch(5_000), pair.now);
    pair.run(30);
  }
  pair.run(10_000);
  const [device, worker] = [pair.device.link.stats, pair.worker.link.stats];
  deepEqual([device.sentBatches, worker.receivedBatches, device.heldBytes], [20, 20, 0]);
  ok(device.resentPackets > 0 && worker.askedPackets > 0 && worker.duplicatePackets >= 0);
  ok(worker.faults.replayed! > 0 && worker.receivedPackets < device.sentPackets);
  ok(device.rtt! > 19 && device.rtt! < 40, `${device.rtt} ms`);
});

Deno.test("[RUD22] an option out of its range is refused with a sentence", () => {
  for (const wrong of [{ udpPacketSize: 9_000 }, { maxAttempts: 0 }, { pingInterval: NaN }]) {
    let message = "";
    try {
      linkOptions(wrong);
    } catch (error) {
      ok(error instanceof RangeError);
      message = error.message;
    }
    ok(message.startsWith("Cannot set up a datagram link with "), message);
  }
});

function openPair(options = {}): SealedPair {
  const pair = new SealedPair({ options }).open();
  pair.run(100);
  return pair;
}

function batch(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + seed) & 255);
}

/** The window after sending for a while over such a path. */
function window(conditions: Conditions): number {
  const pair = openPair({ maxBitrate: 1_000_000_000 });
  pair.network.conditions = { ...conditions, delay: 10 };
  for (let n = 0; n < 30; n++) {
    pair.device.link.send(batch(50_000), pair.now);
    pair.run(10);
  }
  return pair.device.link.stats.windowBytes;
}

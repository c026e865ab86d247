import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { joinNals, NalType, nalType, splitNals } from "../../../../../media/annexb.ts";
import type { Millis } from "../../../../../protocol/clock.ts";
import {
  H264Receiver,
  KEYFRAME_LIMIT,
  REORDER_LIMIT,
} from "../../../../../worker/ingest/whip/h264_receiver.ts";
import type { MediaPacket } from "../../../../../worker/ingest/whip/ports.ts";
import { h264Payloads } from "../../../../../worker/sending/h264_payloads.ts";

/** A NAL unit of this type and length, without bytes that look like a start code. */
const nal = (type: number, length = 40) =>
  Uint8Array.from({ length }, (_, at) => at === 0 ? 0x60 | type : 1 + at % 250);
const P = 1;

interface Picture {
  readonly nals: readonly Uint8Array[];
  readonly timestamp: number;
}

/** The packets of pictures, numbered from `first` on. */
function packetsOf(pictures: readonly Picture[], first = 65_530): MediaPacket[] {
  return pictures.flatMap(({ nals, timestamp }) => {
    const payloads = h264Payloads(joinNals(nals));
    return payloads.map((payload, at) => ({
      timestamp: timestamp >>> 0,
      payload,
      marker: at === payloads.length - 1,
    }));
  }).map((packet, at) => ({ ...packet, sequenceNumber: (first + at) & 0xffff }));
}

function setup() {
  const units: { types: number[]; pts: number; size: number }[] = [];
  let needed = 0;
  const receiver = new H264Receiver({
    unit: (data, pts) =>
      void units.push({ types: splitNals(data).map(nalType), pts, size: data.length }),
    keyframeNeeded: () => void needed++,
  });
  const push = (packets: readonly MediaPacket[], now = 0) => {
    for (const packet of packets) receiver.push(packet, now as Millis);
  };
  return { units, receiver, push, needed: () => needed };
}

const KEYFRAME = [nal(NalType.sps, 12), nal(NalType.pps, 6), nal(NalType.idr, 5_000)];
const pictures = (count: number, start = 0) =>
  Array.from({ length: count }, (_, n) => ({
    nals: n === 0 ? KEYFRAME : [nal(P, 3_000)],
    timestamp: start + 3_000 * n,
  }));

Deno.test("[WHP11] packets become whole access units: parameter sets together, and pictures in fragments", () => {
  const { units, push, receiver } = setup();
  push(packetsOf(pictures(3)));
  deepEqual(units.map(({ types }) => types), [[7, 8, 5], [1], [1]]);
  deepEqual(units.map(({ pts }) => pts), [0, 3_000, 6_000]);
  equal(units[1]!.size, 4 + 3_000);
  deepEqual([receiver.counts.lost, receiver.counts.damagedUnits], [0, 0]);
});

Deno.test("[WHP11] times go on where the RTP timestamp wraps around", () => {
  const { units, push } = setup();
  push(packetsOf(pictures(3, 2 ** 32 - 3_000)));
  deepEqual(units.map(({ pts }) => pts - 2 ** 32), [-3_000, 0, 3_000]);
});

Deno.test("[WHP11] any order and any repetition of packets within a quarter of a second gives the same units", () => {
  const packets = packetsOf(pictures(6));
  const shuffled = fc.shuffledSubarray(packets.slice(1), {
    minLength: packets.length - 1,
    maxLength: packets.length - 1,
  });
  fc.assert(fc.property(shuffled, fc.nat(packets.length - 1), (rest, again) => {
    const { units, push, receiver } = setup();
    push([packets[0]!, ...rest.toSpliced(again, 0, packets[again]!)]);
    equal(units.length, 6);
    equal(receiver.counts.lost, 0);
  }));
});

Deno.test("[WHP11] a lost packet costs the pictures up to the next keyframe, which is asked for", () => {
  const { units, push, receiver, needed } = setup();
  const packets = packetsOf([...pictures(4), ...pictures(2, 12_000)]);
  const lost = packets.findIndex(({ timestamp }) => timestamp === 3_000);
  push(packets.toSpliced(lost, 1));
  deepEqual(units.map(({ pts }) => pts), [0]);
  receiver.turn((REORDER_LIMIT - 1) as Millis);
  equal(units.length, 1);
  receiver.turn(REORDER_LIMIT as Millis);
  deepEqual(units.map(({ pts }) => pts), [0, 12_000, 15_000]);
  ok(needed() > 0);
  deepEqual([receiver.counts.lost, receiver.counts.damagedUnits], [1, 1]);
});

Deno.test("[WHP11] a stream that sends no keyframe after a loss goes on after five seconds", () => {
  const { units, push, receiver } = setup();
  const packets = packetsOf(pictures(200));
  push(packets.slice(0, 8));
  push(packets.slice(9, 30), 10);
  receiver.turn((10 + REORDER_LIMIT) as Millis);
  const before = units.length;
  push(packets.slice(30, 60), 1_000);
  equal(units.length, before);
  push(packets.slice(60, 90), 10 + REORDER_LIMIT + KEYFRAME_LIMIT);
  ok(units.length > before);
});

Deno.test("[WHP11] a missing marker ends the unit at the next time stamp", () => {
  const { units, push } = setup();
  push(packetsOf(pictures(2)).map((packet) => ({ ...packet, marker: false })));
  deepEqual(units.map(({ types }) => types), [[7, 8, 5]]);
});

Deno.test("[WHP11] a unit without end is dropped at its limit, and no memory grows", () => {
  const { units, push, receiver } = setup();
  const big = nal(P, 1_200);
  push(Array.from({ length: 6_000 }, (_, at) => ({
    sequenceNumber: at & 0xffff,
    timestamp: 0,
    marker: at === 5_999,
    payload: big,
  })));
  deepEqual([units.length, receiver.counts.damagedUnits], [0, 1]);
});

Deno.test("[WHP11] random packets throw nothing, and units hold only what came", () => {
  const packet = fc.record({
    sequenceNumber: fc.oneof(fc.nat(0xffff), fc.nat(20)),
    timestamp: fc.oneof(fc.nat(3).map((n) => n * 3_000), fc.nat(2 ** 32 - 1)),
    marker: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(fc.property(fc.array(packet, { maxLength: 200 }), (packets) => {
    const { units, push, receiver } = setup();
    push(packets);
    receiver.turn(REORDER_LIMIT as Millis);
    const bytes = packets.reduce((sum, { payload }) => sum + payload.length, 0);
    ok(units.reduce((sum, { size }) => sum + size, 0) <= 5 * bytes + 8 * packets.length);
  }));
});

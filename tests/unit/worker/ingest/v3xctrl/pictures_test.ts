import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { joinNals, NalType } from "../../../../../media/annexb.ts";
import type { Millis } from "../../../../../protocol/clock.ts";
import { STREAM_SILENCE, V3xctrlPictures } from "../../../../../worker/ingest/v3xctrl/pictures.ts";
import { readRtp } from "../../../../../worker/ingest/v3xctrl/rtp_packet.ts";
import { rtpPackets } from "../../../../support/driving/streamer.ts";

const STREAMER = "10.0.0.7";
const nal = (type: number, length: number) =>
  Uint8Array.from({ length }, (_, at) => at === 0 ? 0x60 | type : 1 + at % 250);
const KEYFRAME = joinNals([
  nal(NalType.sps, 12),
  nal(NalType.pps, 6),
  nal(NalType.idr, 5_000),
]);

function setup() {
  const units: number[] = [];
  let restarts = 0;
  const pictures = new V3xctrlPictures({
    unit: ({ data }) => void units.push(data.length),
    bytes: () => {},
    restarted: () => void restarts++,
  });
  const push = (packets: readonly Uint8Array[], host = STREAMER, now = 0) => {
    for (const packet of packets) pictures.push(packet, host, now as Millis);
  };
  return { pictures, units, push, restarts: () => restarts };
}

Deno.test("[DRV33] pictures count from the host whose control channel is connected, and from nobody before", () => {
  const { pictures, units, push } = setup();
  const packets = rtpPackets(KEYFRAME, { first: 65_530, ssrc: 1 });
  push(packets);
  deepEqual(units, []);
  pictures.from(STREAMER);
  push(packets, "10.0.0.66");
  deepEqual(units, []);
  push(packets);
  deepEqual(units, [KEYFRAME.length]);
  pictures.from(undefined);
  push(packets);
  equal(units.length, 1);
  equal(pictures.counts.packets, packets.length);
});

Deno.test("[DRV33] a streamer's next RTP stream counts once its last one is silent, and another program's never beside it", () => {
  const { pictures, units, push, restarts } = setup();
  pictures.from(STREAMER);
  push(rtpPackets(KEYFRAME, { first: 0, ssrc: 1 }));
  push(rtpPackets(KEYFRAME, { first: 7_000, ssrc: 2 }), STREAMER, STREAM_SILENCE - 1);
  deepEqual([units.length, restarts()], [1, 0]);
  push(rtpPackets(KEYFRAME, { first: 7_000, ssrc: 2 }), STREAMER, STREAM_SILENCE);
  deepEqual([units.length, restarts()], [2, 1]);
  equal(pictures.counts.lost, 0);
});

Deno.test("[DRV33] packets with sources, extensions and padding are read, and no other datagram is taken for one", () => {
  const [packet] = rtpPackets(KEYFRAME, { first: 5, ssrc: 9 });
  const payload = packet!.subarray(12);
  const extended = Uint8Array.of(
    ...[0xb1, ...packet!.subarray(1, 12), 0, 0, 0, 1],
    ...[0xbe, 0xde, 0, 1, 1, 2, 3, 4, ...payload, 0, 0, 3],
  );
  deepEqual(readRtp(extended)?.payload, payload);
  equal(readRtp(packet!.subarray(0, 12)), undefined, "nothing in it");
  equal(readRtp(Uint8Array.of(0x80, 200, ...packet!.subarray(2))), undefined, "RTCP");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    const read = readRtp(bytes);
    return read === undefined || (read.payload.length > 0 && read.payload.length <= bytes.length);
  }));
});

Deno.test("[DRV33] a flood of hostile packets of the streamer's own host is bounded and throws nothing", () => {
  const { pictures, push } = setup();
  pictures.from(STREAMER);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 12, maxLength: 40 })), (payloads) => {
      push(payloads.map((bytes, at) => Uint8Array.of(0x80, 96, at >> 8, at, ...bytes)));
      pictures.turn(10_000 as Millis);
      return true;
    }),
  );
});

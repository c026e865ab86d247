import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { AAC_FRAME_SAMPLES, splitAdts } from "../../../../media/mpegts/adts.ts";
import { TsDemuxer, type Unit } from "../../../../media/mpegts/demuxer.ts";
import { TsMuxer } from "../../../../media/mpegts/muxer.ts";
import { CLOCK_WRAP, PACKET_SIZE, readPacket } from "../../../../media/mpegts/packet.ts";

const AUDIO = { sampleRate: 48_000, channels: 2 };

function demux() {
  const units: Unit[] = [];
  const demuxer = new TsDemuxer({ unit: (unit) => void units.push(unit) });
  return { demuxer, units };
}

/** An access unit with recognizable bytes, which no decoder accepts. */
function picture(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => at * 7 + size);
}

Deno.test("[TSM1] written units are read back complete and with their times", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(sizes, fc.integer({ min: 0, max: 2 ** 33 - 1 }), (lengths, start) => {
    const { demuxer, units } = demux();
    const muxer = new TsMuxer({ audio: AUDIO });
    const sent = lengths.map((size, at) => ({ data: picture(size), pts: start + at * 3_000 }));
    for (const { data, pts } of sent) demuxer.push(muxer.video(data, { pts, keyframe: true }));
    deepEqual(
      units.map(({ codec, data, pts, dts }) => ({ codec, data, pts, dts })),
      sent.map(({ data, pts }) => ({
        codec: "h264",
        data,
        pts: pts % CLOCK_WRAP,
        dts: undefined,
      })),
    );
    deepEqual(demuxer.counts, {
      packets: demuxer.counts.packets,
      lost: 0,
      skippedBytes: 0,
      damagedUnits: 0,
    });
  }));
});

Deno.test("[TSM1] sound is read back as the AAC frames that were written", () => {
  const { demuxer, units } = demux();
  const muxer = new TsMuxer({ audio: AUDIO });
  demuxer.push(muxer.video(picture(100), { pts: 0, keyframe: true }));
  for (let frame = 0; frame < 5; frame++) {
    const pts = Math.round(frame * AAC_FRAME_SAMPLES * 90_000 / AUDIO.sampleRate);
    demuxer.push(muxer.audio(picture(300 + frame), { pts }));
  }
  const sounds = units.filter(({ codec }) => codec === "aac");
  deepEqual(sounds.map(({ pts }) => pts), [0, 1920, 3840, 5760, 7680]);
  deepEqual(
    sounds.flatMap(({ data }) =>
      splitAdts(data).map((frame) => [
        frame.sampleRate,
        frame.channels,
        frame.data.slice(7),
      ])
    ),
    [0, 1, 2, 3, 4].map((frame) => [48_000, 2, picture(300 + frame)]),
  );
});

Deno.test("[TSM2] a unit of any size is complete with its own packets", () => {
  for (const size of [1, 170, 171, 184, 5_000, 65_000, 65_522, 65_523, 65_530, 200_000]) {
    const { demuxer, units } = demux();
    const bytes = new TsMuxer({}).video(picture(size), { pts: 9_000, keyframe: true });
    equal(bytes.length % PACKET_SIZE, 0);
    demuxer.push(bytes);
    deepEqual(units.map(({ data }) => data.length), [size]);
  }
});

Deno.test("[TSM3] tables precede each keyframe, and are repeated twice a second", () => {
  const muxer = new TsMuxer({});
  const hasTables = (at: number, keyframe: boolean) => {
    const bytes = muxer.video(picture(10), { pts: at * 3_000, keyframe });
    return readPacket(bytes.subarray(0, PACKET_SIZE))?.pid === 0;
  };
  const found = Array.from({ length: 32 }, (_, at) => hasTables(at, at === 5));
  deepEqual(found.flatMap((has, at) => has ? [at] : []), [0, 5, 20]);
});

Deno.test("[TSM4] the sent clock is never ahead of a picture", () => {
  const bytes = new TsMuxer({}).video(picture(10), { pts: 90_000, keyframe: false });
  const packets = bytes.length / PACKET_SIZE;
  const last = bytes.subarray((packets - 1) * PACKET_SIZE);
  ok((last[5]! & 0x10) !== 0, "the picture's first packet carries the clock");
  const base = new DataView(last.buffer, last.byteOffset + 6).getUint32(0) * 2 + (last[10]! >> 7);
  equal(base, 81_000);
});

import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { adtsFrame, splitAdts } from "../../../../media/mpegts/adts.ts";
import { opusTicks, splitOpus } from "../../../../media/mpegts/opus_units.ts";
import { crc32, readPacket } from "../../../../media/mpegts/packet.ts";
import { readPesHeader, writePes } from "../../../../media/mpegts/pes.ts";
import { readPat, readPmt, writePat, writePmt } from "../../../../media/mpegts/tables.ts";

Deno.test("[TSM8] sections end in the checksum of the standard", () => {
  // H.222.0 annex B: the checksum over a section with its checksum is zero.
  equal(crc32(new TextEncoder().encode("123456789")), 0x0376e6e7);
  equal(crc32(writePat(0x1000)), 0);
});

Deno.test("[TSM10] tables are read back as they were written", () => {
  equal(readPat(writePat(0x1ffe).subarray(0, -4)), 0x1ffe);
  const streams = [{ pid: 0x100, codec: "h264" }, { pid: 0x1abc, codec: "aac" }] as const;
  deepEqual(readPmt(writePmt({ pcrPid: 0x100, streams }).subarray(0, -4)), streams);
});

Deno.test("[TSM10] Opus is recognized by its registration, and other private data is not", () => {
  const opus = [0x06, 0xe1, 0x01, 0xf0, 6, 0x05, 4, 0x4f, 0x70, 0x75, 0x73];
  const other = [0x06, 0xe1, 0x02, 0xf0, 0];
  const table = Uint8Array.from([
    2,
    0xb0,
    0,
    0,
    1,
    0xc1,
    0,
    0,
    0xe1,
    0,
    0xf0,
    0,
    ...opus,
    ...other,
  ]);
  deepEqual(readPmt(table), [{ pid: 0x101, codec: "opus" }, { pid: 0x102, codec: undefined }]);
});

Deno.test("[TSM10] any bytes are read as a table or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readPat(bytes);
      readPmt(bytes);
      readPesHeader(bytes);
      splitAdts(bytes);
      splitOpus(bytes);
      const packet = new Uint8Array(188);
      packet.set(bytes.subarray(0, 188));
      readPacket(packet);
    }),
    { numRuns: 500 },
  );
});

Deno.test("[TSM1] times of 33 bits are read back", () => {
  for (const pts of [0, 1, 2 ** 15, 2 ** 30, 2 ** 32, 2 ** 33 - 1]) {
    const pes = writePes({ streamId: 0xe0, pts, payload: new Uint8Array(3) });
    deepEqual(readPesHeader(pes), { pts, dts: undefined, headerLength: 14, payloadLength: 3 });
  }
});

Deno.test("[TSM11] headers of AAC frames contain length, rate and channels", () => {
  const frame = adtsFrame(new Uint8Array(500).fill(7), { sampleRate: 44_100, channels: 1 });
  const two = Uint8Array.from([...frame, ...frame, 0xff]);
  deepEqual(
    splitAdts(two).map(({ data, sampleRate, channels }) => [data.length, sampleRate, channels]),
    [[507, 44_100, 1], [507, 44_100, 1]],
  );
  throws(() => adtsFrame(new Uint8Array(9_000), { sampleRate: 48_000, channels: 2 }), /9000 bytes/);
  throws(() => adtsFrame(new Uint8Array(9), { sampleRate: 47_999, channels: 2 }), /47999/);
});

Deno.test("[TSM12] Opus packets are found behind their control headers", () => {
  const packet = (size: number) => [0xf8, ...Array.from({ length: size - 1 }, (_, at) => at & 255)];
  const header = (size: number) => [
    0x7f,
    0xe0,
    ...Array.from({ length: Math.floor(size / 255) }, () => 255),
    size % 255,
  ];
  const payload = [...header(40), ...packet(40), ...header(300), ...packet(300), 1, 2];
  deepEqual(splitOpus(Uint8Array.from(payload)).map(({ data, ticks }) => [data.length, ticks]), [
    [40, 960],
    [300, 960],
  ]);
});

Deno.test("[TSM12] the duration of an Opus packet is read", () => {
  // Configurations of RFC 6716, table 2: SILK 60 ms, hybrid 10 ms, CELT 2.5 ms and 20 ms, two and n frames.
  const ticks = [[3 << 3], [12 << 3], [16 << 3], [31 << 3], [(31 << 3) | 1], [(31 << 3) | 3, 3]]
    .map((bytes) => opusTicks(Uint8Array.from(bytes)));
  deepEqual(ticks, [2880, 480, 120, 960, 1920, 2880]);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type CaptureStamp,
  decodeStamp,
  encodeStamp,
  stampOf,
} from "../../../../media/mpegts/capture_stamp.ts";
import { TsDemuxer, type Unit } from "../../../../media/mpegts/demuxer.ts";
import { TsMuxer } from "../../../../media/mpegts/muxer.ts";
import { PACKET_SIZE, readPacket } from "../../../../media/mpegts/packet.ts";
import vectors from "../../../vectors/capture_stamp.json" with { type: "json" };

const STAMP: CaptureStamp = {
  type: "known",
  capturedAt: 1_767_225_600_123.456,
  error: 25,
  device: 8,
};

function read(packets: readonly Uint8Array[]): Unit[] {
  const units: Unit[] = [];
  const demuxer = new TsDemuxer({ unit: (unit) => void units.push(unit) });
  for (const each of packets) demuxer.push(each);
  return units;
}

Deno.test("[CAP1] stamps have the bytes of the golden vectors", () => {
  for (const { name, stamp, hex } of vectors) {
    equal(encodeStamp(stamp as CaptureStamp).toHex(), hex, name);
    deepEqual(decodeStamp(Uint8Array.fromHex(hex)), stamp, name);
  }
});

Deno.test("[CAP1] a picture of any size brings its stamp, and one without has none", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1 }), (sizes) => {
    const muxer = new TsMuxer({});
    const units = read(sizes.map((size, at) =>
      muxer.video(new Uint8Array(size).fill(7), {
        ...{ pts: 90_000 + at * 3_000, keyframe: at % 5 === 0 },
        ...(at % 2 === 0 && { stamp: STAMP }),
      })
    ));
    deepEqual(units.map(({ data }) => data.length), sizes);
    deepEqual(units.map(({ stamp }) => stamp), sizes.map((_, at) => at % 2 ? undefined : STAMP));
  }));
});

Deno.test("[CAP1] private data of others stands before the stamp, and damaged data is none", () => {
  const others = Uint8Array.of(0x02, 1, 9, 0xdf, 5, 0x45, 0x42, 0x50, 0x30, 0);
  deepEqual(decodeStamp(Uint8Array.of(...others, ...encodeStamp(STAMP))), STAMP);
  const bytes = encodeStamp(STAMP);
  for (let length = 0; length < bytes.length; length++) {
    equal(decodeStamp(bytes.subarray(0, length)), undefined, `${length} bytes`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
    decodeStamp(noise);
    const stamp = decodeStamp(
      Uint8Array.of(0xdf, 5 + noise.length, 0x46, 0x50, 0x43, 0x54, ...noise),
    );
    if (stamp?.type === "known") {
      ok(Number.isFinite(stamp.capturedAt) && stamp.error >= 0 && stamp.device >= 0);
    }
  }));
});

Deno.test("[CAP1] no adaptation field makes the reader throw or read beyond it", () => {
  const [packet] = [
    new TsMuxer({}).video(new Uint8Array(900), {
      ...{ pts: 90_000, keyframe: true },
      stamp: STAMP,
    }).subarray(2 * PACKET_SIZE, 3 * PACKET_SIZE),
  ];
  equal(readPacket(packet!)!.privateData!.toHex(), encodeStamp(STAMP).toHex());
  fc.assert(
    fc.property(
      fc.nat(188),
      fc.nat(255),
      fc.uint8Array({ maxLength: 30 }),
      (length, flags, noise) => {
        const damaged = Uint8Array.from(packet!);
        damaged[4] = length;
        damaged[5] = flags;
        damaged.set(noise, 6);
        const found = readPacket(damaged)?.privateData;
        ok((found?.length ?? 0) < 184);
      },
    ),
  );
});

Deno.test("[CAP2] a stamp is on the receiver's clock, and says how long the device took", () => {
  const clock = { type: "known", offset: 1_700_000_000_000, error: 4 } as const;
  deepEqual(stampOf({ capturedAt: 1_000, now: 1_012.5, clock }), {
    ...{ type: "known", capturedAt: 1_700_000_001_000, error: 4, device: 12.5 },
  });
  deepEqual(stampOf({ capturedAt: 1_020, now: 1_000, clock }), {
    ...{ type: "known", capturedAt: 1_700_000_001_000, error: 4, device: 0 },
  }, "a picture that is not due yet is captured now");
});

Deno.test("[CAP4] a capture that is not known has its reason in the stamp", () => {
  for (const why of ["not_compared", "not_comparable"] as const) {
    const clock = { type: "unknown", why } as const;
    deepEqual(decodeStamp(encodeStamp(stampOf({ capturedAt: 1, now: 2, clock }))), clock);
  }
});

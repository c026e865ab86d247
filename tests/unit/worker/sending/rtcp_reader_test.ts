import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { MOST_LOST, readRtcp } from "../../../../worker/sending/rtcp_reader.ts";

const NACK = ["81cd0003", "00000001", "0000000b", "ffff0005"];
const REMB = ["8fce0005", "00000001", "00000000", "52454d42", "010bd090", "0000000b"];
const NACKED = { type: "nack", ssrc: 11, lost: [65_535, 0, 2] };
const ESTIMATED = { type: "remb", bitrate: 0x3d090 * 4 };

/** The feedback in RTCP as on the wire; `words` are 32 bit, in hexadecimal. */
function read(...words: string[]) {
  return readRtcp(Buffer.from(words.join(""), "hex"));
}

Deno.test("[RTC1] a receiver report holds the share of lost packets of each stream", () => {
  deepEqual(
    read("82c9000d", "00000001", ...report("0000000b", "40"), ...report("0000000c", "00")),
    [
      { type: "report", ssrc: 11, loss: 0.25, lastReport: 0x12345678, delay: 500 },
      { type: "report", ssrc: 12, loss: 0, lastReport: 0x12345678, delay: 500 },
    ],
  );
});

Deno.test("[RTC2] a NACK names lost packets, also in its bit mask and where sequence numbers wrap around", () => {
  deepEqual(read(...NACK), [NACKED]);
});

Deno.test("[RTC3] PLI and FIR request a keyframe", () => {
  deepEqual(read("81ce0002", "00000001", "0000000b"), [{ type: "keyframe" }]);
  deepEqual(read("84ce0004", "00000001", "00000000", "0000000b", "07000000"), [
    { type: "keyframe" },
  ]);
});

Deno.test("[RTC4] the bitrate of REMB is read from mantissa and exponent", () => {
  deepEqual(read(...REMB), [ESTIMATED]);
});

Deno.test("[RTC5] other packets hold no feedback", () => {
  deepEqual(read("81ca0003", "00000001", "01026162", "00000000"), []);
});

Deno.test("[RTC6] each packet of a datagram is read within its own length", () => {
  deepEqual(read(...NACK, ...REMB), [NACKED, ESTIMATED]);
  deepEqual(read(...REMB, ...NACK), [ESTIMATED, NACKED]);
});

Deno.test("[RTC7] a packet that announces more than there is ends the datagram", () => {
  deepEqual(read(...REMB, ...NACK.slice(0, -1)), [ESTIMATED]);
  deepEqual(read("82c9000d", "00000001", ...report("0000000b", "40")), []);
  deepEqual(read("41cd0003", ...NACK.slice(1)), [], "version 1");
  deepEqual(read("81cd0001", "00000001"), [], "a NACK without a stream");
});

Deno.test("[RTC7] any bytes are read without an error, and name a bounded number of packets", () => {
  const header = fc.constantFrom(0x80c8, 0x9fc9, 0x81cd, 0x81ce, 0x84ce, 0x8fce);
  const packet = fc.tuple(header, fc.uint8Array({ maxLength: 400 }), fc.nat(3)).map(
    ([head, body, wrong]) => {
      const length = Math.ceil(body.length / 4);
      return [head >> 8, head & 255, 0, (length + (wrong === 0 ? 7 : 0)) & 255, ...body];
    },
  );
  fc.assert(fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
    const lost = readRtcp(Uint8Array.from(packets.flat()))
      .flatMap((feedback) => feedback.type === "nack" ? feedback.lost : []);
    ok(lost.length <= MOST_LOST);
  }));
  const full = read("81cd0103", "00000001", "0000000b", ...Array(257).fill("0000ffff"));
  equal(full.flatMap((each) => each.type === "nack" ? each.lost : []).length, MOST_LOST);
});

/** A report block with these SSRC and fraction lost (1/256). */
function report(ssrc: string, fraction: string): string[] {
  return [ssrc, `${fraction}000000`, "00000000", "00000000", "12345678", "00008000"];
}

import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { MOST_ARRIVALS, MOST_LOST, readRtcp } from "../../../../worker/sending/rtcp_reader.ts";

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

Deno.test("[RTC8] transport-wide feedback tells when packets arrived: one bit and two bits each, and runs", () => {
  // First number 65,534 and 10 packets; the reference is 2 × 64 ms.
  const head = ["8fcd0007", "00000001", "0000000b", "fffe000a", "00000205"];
  const chunks = ["2003", "d850"];
  const times = ["04", "08", "00", "01", "fffc", "04", "0c"];
  deepEqual(read(...head, ...chunks, ...times), [{
    type: "arrivals",
    first: 65_534,
    times: [129, 131, 131, 131.25, 130.25, undefined, 131.25, 134.25, undefined, undefined],
  }]);
});

Deno.test("[RTC8] one bit for each packet, and times before the browser's zero", () => {
  const head = ["8fcd0005", "00000001", "0000000b", "00050003", "ffffff00"];
  deepEqual(read(...head, "a800", "0804"), [
    { type: "arrivals", first: 5, times: [-62, undefined, -61] },
  ]);
});

Deno.test("[RTC8] feedback that ends early, has a reserved status or tells of too many packets is ignored", () => {
  const head = (count: string) => ["8fcd0005", "00000001", "0000000b", `0000${count}`, "00000000"];
  deepEqual(read(...head("0003"), "20030000"), [], "two of three times");
  deepEqual(read(...head("0002"), "60020000"), [], "status 3");
  deepEqual(read(...head("1fff"), "1fff0000"), [], "8,191 packets");
  deepEqual(read(...head("0000"), "00000000"), [], "no packet");
  deepEqual(read("8fcd0002", "00000001", "0000000b"), [], "no packet");
});

Deno.test("[RTC7] a packet that announces more than there is ends the datagram", () => {
  deepEqual(read(...REMB, ...NACK.slice(0, -1)), [ESTIMATED]);
  deepEqual(read("82c9000d", "00000001", ...report("0000000b", "40")), []);
  deepEqual(read("41cd0003", ...NACK.slice(1)), [], "version 1");
  deepEqual(read("81cd0001", "00000001"), [], "a NACK without a stream");
});

Deno.test("[RTC7] any bytes are read without an error, and name a bounded number of packets", () => {
  const header = fc.constantFrom(0x80c8, 0x9fc9, 0x81cd, 0x81ce, 0x84ce, 0x8fce, 0x8fcd);
  const packet = fc.tuple(header, fc.uint8Array({ maxLength: 400 }), fc.nat(3)).map(
    ([head, body, wrong]) => {
      const length = Math.ceil(body.length / 4);
      return [head >> 8, head & 255, 0, (length + (wrong === 0 ? 7 : 0)) & 255, ...body];
    },
  );
  fc.assert(fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
    const feedback = readRtcp(Uint8Array.from(packets.flat()));
    const lost = feedback.flatMap((each) => each.type === "nack" ? each.lost : []);
    const times = feedback.flatMap((each) => each.type === "arrivals" ? each.times : []);
    ok(lost.length <= MOST_LOST && times.length <= MOST_ARRIVALS);
  }));
  const full = read("81cd0103", "00000001", "0000000b", ...Array(257).fill("0000ffff"));
  equal(full.flatMap((each) => each.type === "nack" ? each.lost : []).length, MOST_LOST);
});

/** A report block with these SSRC and fraction lost (1/256). */
function report(ssrc: string, fraction: string): string[] {
  return [ssrc, `${fraction}000000`, "00000000", "00000000", "12345678", "00008000"];
}

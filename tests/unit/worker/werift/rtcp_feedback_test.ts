import { deepEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { RtcpPacketConverter } from "werift";
import { readFeedback } from "../../../../worker/werift/rtcp_feedback.ts";

/** What RTCP as on the wire says; `words` are 32 bit, in hexadecimal. */
function read(...words: string[]) {
  return RtcpPacketConverter.deSerialize(Buffer.from(words.join(""), "hex")).flatMap(readFeedback);
}

Deno.test("[RTC1] a receiver report holds the share of lost packets of each stream", () => {
  deepEqual(
    read("82c9000d", "00000001", ...report("0000000b", "40"), ...report("0000000c", "00")),
    [{ type: "loss", ssrc: 11, fraction: 0.25 }, { type: "loss", ssrc: 12, fraction: 0 }],
  );
});

Deno.test("[RTC2] a NACK names lost packets, also in its bit mask and where sequence numbers wrap around", () => {
  deepEqual(read("81cd0003", "00000001", "0000000b", "ffff0005"), [
    { type: "nack", ssrc: 11, lost: [65_535, 0, 2] },
  ]);
});

Deno.test("[RTC3] PLI and FIR request a keyframe", () => {
  deepEqual(read("81ce0002", "00000001", "0000000b"), [{ type: "keyframe" }]);
  deepEqual(read("84ce0004", "00000001", "00000000", "0000000b", "07000000"), [
    { type: "keyframe" },
  ]);
});

Deno.test("[RTC4] the bitrate of REMB is read from mantissa and exponent", () => {
  const remb = ["8fce0005", "00000001", "00000000", "52454d42", "010bd090", "0000000b"];
  deepEqual(read(...remb), [{ type: "remb", bitrate: 0x3d090 * 4 }]);
});

Deno.test("[RTC5] other packets hold no feedback", () => {
  deepEqual(read("81ca0003", "00000001", "01026162", "00000000"), []);
});

/** A report block with these SSRC and fraction lost (1/256). */
function report(ssrc: string, fraction: string): string[] {
  return [ssrc, `${fraction}000000`, "00000000", "00000000", "00000000", "00000000"];
}

import { deepEqual, equal } from "node:assert/strict";
import { middleOfNtp } from "../../../../worker/rtp/ntp.ts";
import type { RtpPacket, SenderInfo } from "../../../../worker/rtp/rtp_stream.ts";
import { createSender, REPORT_PERIOD } from "../../../../worker/sending/sender.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

/** When the pictures were captured, in milliseconds since 1970. */
const CAPTURED = 1_700_000_000_000.25;

function setup() {
  const clock = new FakeClock();
  const written: { readonly section: "video" | "audio"; readonly packet: RtpPacket }[] = [];
  const reports: SenderInfo[] = [];
  /** How many packets each call wrote; -1: the wire was disposed. */
  const calls: number[] = [];
  /** The ages of pictures when they were sent. */
  const ages: number[] = [];
  const write = (section: "video" | "audio", packets: readonly RtpPacket[]) => {
    calls.push(packets.length);
    written.push(...packets.map((packet) => ({ section, packet })));
  };
  const sender = createSender({
    video: { ssrc: 1, payloadType: 97, rtx: { ssrc: 2, payloadType: 98 } },
    audio: { ssrc: 3, payloadType: 111 },
    writeVideo: (packets) => write("video", packets),
    writeAudio: (packets) => write("audio", packets),
    writeReport: (info) => void reports.push(info),
    [Symbol.dispose]: () => void calls.push(-1),
  }, {
    clock,
    random: new SeededRandom(),
    sent: (age) => void ages.push(age),
    instant: () => CAPTURED + 3 + clock.now(),
  });
  return { clock, sender, written, reports, calls, ages };
}

/** A picture of so many packets; its first byte tells the place of each. */
function picture(
  { keyframe, packets, timestamp = 0 }: { keyframe: boolean; packets: number; timestamp?: number },
) {
  const payloads = Array.from({ length: packets }, (_, place) => Uint8Array.of(place));
  const data = new Uint8Array();
  return { codec: "h264", keyframe, timestamp, capturedAt: CAPTURED, data, payloads } as const;
}

Deno.test("[SDR1] pictures before the first keyframe are dropped", () => {
  const { sender, written } = setup();
  equal(sender.sendVideo(picture({ keyframe: false, packets: 1 })), false);
  equal(sender.sendVideo(picture({ keyframe: true, packets: 1 })), true);
  equal(sender.sendVideo(picture({ keyframe: false, packets: 1 })), true);
  equal(written.length, 2);
});

Deno.test("[SDR1] while two pictures wait, a third and all up to the next keyframe are dropped", () => {
  const { clock, sender, written } = setup();
  const taken = [true, false, false, false].map((keyframe, index) =>
    sender.sendVideo(picture({ keyframe, packets: 100, timestamp: index }))
  );
  deepEqual(taken, [true, true, false, false]);
  clock.advance(100);
  equal(written.length, 200);
  equal(sender.sendVideo(picture({ keyframe: false, packets: 1 })), false);
  equal(sender.sendVideo(picture({ keyframe: true, packets: 1 })), true);
});

Deno.test("[SDR2] the last packet of a picture carries the marker; sound never waits", () => {
  const { clock, sender, written } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 40, timestamp: 9_000 }));
  sender.sendAudio({ data: Uint8Array.of(7), timestamp: 480 });
  clock.advance(100);
  const sound = written.findIndex(({ section }) => section === "audio");
  equal(sound < 40, true);
  const video = written.filter(({ section }) => section === "video").map(({ packet }) => packet);
  deepEqual(video.map(({ marker }) => marker), video.map((_, place) => place === 39));
  equal(written[sound]!.packet.ssrc, 3);
});

Deno.test("[SDR3] lost packets of the pictures are sent again; those of another stream are not", () => {
  const { clock, sender, written } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 3 }));
  const numbers = written.map(({ packet }) => packet.sequenceNumber);
  clock.advance(50);
  sender.resend(3, numbers);
  equal(written.length, 3);
  sender.resend(1, numbers.slice(1));
  deepEqual(written.slice(3).map(({ packet }) => packet.ssrc), [2, 2]);
});

Deno.test("[SDR5] the round-trip time comes from the report of a sender report, and spaces retransmissions", () => {
  const { clock, sender, written, reports } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 1 }));
  clock.advance(REPORT_PERIOD);
  const lastReport = middleOfNtp(reports[0]!.sentAt);
  clock.advance(400);
  const block = { type: "report", loss: 0, lastReport, delay: 300 } as const;
  sender.reported({ ...block, ssrc: 1 });
  // Not the stream of pictures, and a delay that is longer than the time since the report.
  sender.reported({ ...block, ssrc: 3, delay: 0 });
  sender.reported({ ...block, ssrc: 1, delay: 500 });
  sender.sendVideo(picture({ keyframe: false, packets: 1 }));
  const { sequenceNumber } = written.at(-1)!.packet;
  const sentAgain = [0, 99, 1].map((time) => {
    clock.advance(time);
    const before = written.length;
    sender.resend(1, [sequenceNumber]);
    return written.length > before;
  });
  deepEqual(sentAgain, [true, false, true]);
});

Deno.test("[SDR6] a waiting retransmission is dropped when a keyframe begins before its turn", () => {
  const { clock, sender, written } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 18 }));
  clock.advance(50);
  const numbers = written.map(({ packet }) => packet.sequenceNumber);
  sender.sendVideo(picture({ keyframe: true, packets: 17 }));
  sender.resend(1, numbers);
  clock.advance(50);
  deepEqual(written.slice(18).map(({ packet }) => packet.ssrc), Array(17).fill(1));
});

Deno.test("[SDR4] each stream that has sent is reported once a second, and not after disposing, which frees the wire", () => {
  const { clock, sender, reports, calls } = setup();
  clock.advance(REPORT_PERIOD);
  equal(reports.length, 0);
  sender.sendVideo(picture({ keyframe: true, packets: 40 }));
  sender.sendAudio({ data: Uint8Array.of(7), timestamp: 480 });
  clock.advance(REPORT_PERIOD);
  deepEqual(reports.map(({ ssrc, packets }) => [ssrc, packets]), [[1, 40], [3, 1]]);
  sender[Symbol.dispose]();
  clock.advance(10 * REPORT_PERIOD);
  deepEqual([reports.length, clock.pending, calls.at(-1)], [2, 0, -1]);
});

Deno.test("[SDR7] packets that are due at the same time are written in one call", () => {
  const { clock, sender, written, calls } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 4 }));
  sender.sendVideo(picture({ keyframe: false, packets: 20 }));
  clock.advance(50);
  sender.resend(1, written.slice(4, 7).map(({ packet }) => packet.sequenceNumber));
  sender.sendAudio({ data: Uint8Array.of(7), timestamp: 480 });
  deepEqual(calls, [4, 16, 4, 3, 1]);
});

Deno.test("[LAT3] the age of a picture is taken when its last packet leaves, once, and never for retransmissions", () => {
  const { clock, sender, ages, written } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 1 }));
  deepEqual(ages, [3]);
  // 16 packets leave at once, and 8 of the others every 2 ms.
  sender.sendVideo(picture({ keyframe: false, packets: 30 }));
  equal(ages.length, 1);
  clock.advance(50);
  deepEqual(ages, [3, 7]);
  sender.resend(1, [written.at(-1)!.packet.sequenceNumber]);
  clock.advance(50);
  equal(ages.length, 2);
});

Deno.test("[LAT1] a picture's packets carry the time of its capture, and so do retransmissions", () => {
  const { clock, sender, written } = setup();
  sender.sendVideo(picture({ keyframe: true, packets: 3 }));
  sender.sendAudio({ data: Uint8Array.of(7), timestamp: 480 });
  clock.advance(100);
  sender.resend(1, [written[0]!.packet.sequenceNumber]);
  clock.advance(100);
  const times = (section: string) =>
    written.filter((each) => each.section === section).map(({ packet }) => packet.capturedAt);
  deepEqual(times("video"), [CAPTURED, CAPTURED, CAPTURED, CAPTURED]);
  deepEqual(times("audio"), [undefined]);
});

import { deepEqual, equal } from "node:assert/strict";
import {
  BUFFERED_PACKETS,
  RESEND_SPACING,
} from "../../../../worker/sending/retransmission_buffer.ts";
import { RtpStream } from "../../../../worker/sending/rtp_stream.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const HEADER = { timestamp: 9000, marker: true };

function setup({ rtx = true } = {}) {
  const clock = new FakeClock();
  const stream = new RtpStream({
    ssrc: 11,
    payloadType: 97,
    ...(rtx ? { rtx: { ssrc: 22, payloadType: 98 } } : {}),
    clock,
    random: new SeededRandom(),
  });
  const send = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => stream.next(Uint8Array.of(index, index >> 8), HEADER).sequenceNumber,
    );
  return { clock, stream, send };
}

Deno.test("[RTP1] sequence numbers start in the lower half, have no gaps and wrap around", () => {
  const { send } = setup();
  const numbers = send(70_000);
  equal(numbers[0]! < 2 ** 15, true);
  equal(numbers.every((number, index) => number === (numbers[0]! + index) % 2 ** 16), true);
});

Deno.test("[RTP2] a lost packet is sent again on the retransmission stream, after its sequence number", () => {
  const { stream } = setup();
  const sent = stream.next(Uint8Array.of(1, 2, 3), HEADER);
  const again = stream.resend(sent.sequenceNumber)!;
  deepEqual([again.ssrc, again.payloadType, again.timestamp, again.marker], [22, 98, 9000, true]);
  deepEqual([...again.payload], [sent.sequenceNumber >> 8, sent.sequenceNumber & 255, 1, 2, 3]);
});

Deno.test("[RTP2] retransmissions have numbers of their own", () => {
  const { stream, send } = setup();
  const again = send(3).map((number) => stream.resend(number)!.sequenceNumber);
  deepEqual(again, [again[0]!, again[0]! + 1, again[0]! + 2]);
});

Deno.test("[RTP3] a packet that was sent long ago, or never, is not sent again", () => {
  const { stream, send } = setup();
  const numbers = send(BUFFERED_PACKETS + 1);
  equal(stream.resend(numbers[0]!), undefined);
  equal(stream.resend(numbers[1]!)?.payload.length, 4);
  equal(stream.resend((numbers.at(-1)! + 1) % 2 ** 16), undefined);
});

Deno.test("[RTP3] the buffer holds one second at 30 Mbit/s", () => {
  const { stream, send } = setup();
  const [oldest] = send(Math.ceil(30_000_000 / 8 / 1150));
  equal(stream.resend(oldest!) !== undefined, true);
});

Deno.test("[RTP4] a packet that was sent again less than 10 ms ago is not sent again", () => {
  const { clock, stream, send } = setup();
  const [number] = send(1);
  const asked = () => stream.resend(number!) !== undefined;
  const first = asked();
  clock.advance(RESEND_SPACING - 1);
  const early = asked();
  clock.advance(1);
  deepEqual([first, early, asked()], [true, false, true]);
});

Deno.test("[RTP5] without a retransmission stream nothing is sent again", () => {
  const { stream, send } = setup({ rtx: false });
  equal(stream.resend(send(1)[0]!), undefined);
});

Deno.test("[RTP6] a sender report counts packets and octets, and dates the last one", () => {
  const { clock, stream, send } = setup();
  equal(stream.info, undefined);
  clock.advance(40);
  send(3);
  deepEqual(stream.info, {
    ssrc: 11,
    sentAt: clock.epoch(),
    timestamp: 9000,
    packets: 3,
    octets: 6,
  });
});

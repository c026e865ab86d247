import { deepEqual, equal } from "node:assert/strict";
import { RtpStream } from "../../../../worker/rtp/rtp_stream.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const HEADER = { timestamp: 9000, marker: true, capturedAt: undefined };

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
    Array.from({ length: count }, (_, index) => stream.next(Uint8Array.of(index), HEADER));
  return { clock, stream, send };
}

Deno.test("[RTP1] sequence numbers start in the lower half, have no gaps and wrap around", () => {
  const { send } = setup();
  const numbers = send(70_000).map(({ sequenceNumber }) => sequenceNumber);
  equal(numbers[0]! < 2 ** 15, true);
  equal(numbers.every((number, index) => number === (numbers[0]! + index) % 2 ** 16), true);
});

Deno.test("[RTP2] a lost packet is sent again on the retransmission stream, after its sequence number", () => {
  const { stream } = setup();
  const sent = stream.next(Uint8Array.of(1, 2, 3), HEADER);
  const again = stream.again(sent)!;
  deepEqual([again.ssrc, again.payloadType, again.timestamp, again.marker], [22, 98, 9000, true]);
  deepEqual([...again.payload], [sent.sequenceNumber >> 8, sent.sequenceNumber & 255, 1, 2, 3]);
});

Deno.test("[RTP2] retransmissions have numbers of their own", () => {
  const { stream, send } = setup();
  const again = send(3).map((sent) => stream.again(sent)!.sequenceNumber);
  deepEqual(again, [again[0]!, again[0]! + 1, again[0]! + 2]);
});

Deno.test("[RTP5] without a retransmission stream nothing is sent again", () => {
  const { stream, send } = setup({ rtx: false });
  equal(stream.again(send(1)[0]!), undefined);
});

Deno.test("[RTP6] a sender report counts packets and octets, and dates the newest picture by its first packet", () => {
  const { clock, stream, send } = setup();
  equal(stream.info, undefined);
  clock.advance(40);
  const sentAt = clock.epoch();
  send(1);
  clock.advance(5);
  send(2);
  deepEqual(stream.info, {
    ssrc: 11,
    sentAt,
    timestamp: 9000,
    packets: 3,
    octets: 3,
  });
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { createLog } from "../../../../protocol/log.ts";
import { Batch, MOST_PACKETS } from "../../../../worker/fast_send/batch.ts";
import { FastWriter, type Route } from "../../../../worker/fast_send/fast_writer.ts";
import { ERRNO } from "../../../../worker/fast_send/libc.ts";
import { TAG_SIZE } from "../../../../worker/fast_send/libcrypto.ts";
import { socketAddress } from "../../../../media/socket_address.ts";
import type { RtpPacket } from "../../../../worker/rtp/rtp_stream.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeLibc } from "../../../fakes/fast_send/libc.ts";
import { FakeLibcrypto } from "../../../fakes/fast_send/libcrypto.ts";

const HEADER = 12;
const TO = socketAddress({ address: "192.0.2.7", port: 9 })!;
const SECTION = { extensions: [], mid: "" };

function setup(crypto = new FakeLibcrypto()) {
  const clock = new FakeClock();
  const libc = new FakeLibc();
  const lines: string[] = [];
  const log = createLog({ clock, sink: (line) => lines.push(line) });
  const direct: Route = { type: "direct", descriptor: libc.add(TO), to: TO };
  const relayed: number[] = [];
  const other: Route = { type: "other", send: (datagram) => void relayed.push(datagram.length) };
  let route: Route | undefined = direct;
  let disposed = 0;
  const writer = new FastWriter({
    fast: { libc, libcrypto: crypto.library, batch: new Batch(libc), grouping: "segments", log },
    keys: { key: new Uint8Array(16), salt: new Uint8Array(14) },
    sections: { video: SECTION, audio: SECTION },
    routes: { route: () => route, [Symbol.dispose]: () => void disposed++ },
    clock,
  });
  let number = 0;
  const packets = (count: number, size = 100): RtpPacket[] =>
    Array.from({ length: count }, () => ({
      ssrc: 1,
      payloadType: 96,
      sequenceNumber: number++,
      timestamp: 0,
      capturedAt: undefined,
      marker: false,
      payload: new Uint8Array(size),
    }));
  const send = (count: number) => writer.write("video", packets(count));
  const numbers = () => libc.sent.map(({ bytes }) => bytes[2]! * 256 + bytes[3]!);
  return {
    ...{ libc, crypto, lines, writer, packets, send, numbers, relayed },
    follow: (to: "direct" | "other" | undefined) => void (route = to && { direct, other }[to]),
    disposed: () => disposed,
  };
}

Deno.test("[FST5] the packets of one call leave with one system call, large numbers with a few", () => {
  const { libc, send, numbers } = setup();
  send(4);
  send(2 * MOST_PACKETS + 1);
  deepEqual(libc.calls, [[4], [MOST_PACKETS], [MOST_PACKETS], [1]]);
  deepEqual(numbers(), Array.from({ length: 4 + 2 * MOST_PACKETS + 1 }, (_, index) => index));
});

for (const errno of [ERRNO.EINVAL, ERRNO.EIO, ERRNO.EMSGSIZE]) {
  Deno.test(`[FST5] where cutting is refused (${errno}), packets leave one by one for good, and the log says so once`, () => {
    const { libc, send, numbers, lines } = setup();
    libc.fault = ({ segments }) => segments > 1 ? errno : 0;
    send(3);
    send(3);
    deepEqual(libc.calls, [[], [1, 1, 1], [1, 1, 1]]);
    deepEqual(numbers(), [0, 1, 2, 3, 4, 5]);
    equal(lines.length, 1);
  });
}

Deno.test("[FST5] an address to which nothing can be sent does not end cutting", () => {
  const { libc, send, numbers, lines } = setup();
  libc.fault = () => ERRNO.EINVAL;
  send(3);
  send(3);
  libc.fault = () => 0;
  send(3);
  deepEqual(libc.calls.at(-1), [3]);
  deepEqual(numbers(), [6, 7, 8]);
  equal(lines.length, 1);
});

Deno.test("[FST6] a full queue drops the rest without a word, and the next packets leave", () => {
  for (const errno of [ERRNO.EAGAIN, ERRNO.ENOBUFS]) {
    const { libc, send, numbers, lines } = setup();
    libc.fault = () => errno;
    send(3);
    libc.fault = () => 0;
    send(2);
    deepEqual(numbers(), [3, 4]);
    deepEqual(lines, []);
  }
});

Deno.test("[FST6] another refusal of the system is logged once", () => {
  const { libc, send, lines } = setup();
  libc.fault = () => 1;
  for (let n = 0; n < 5; n++) send(2);
  equal(lines.length, 1);
});

Deno.test("[FST7] packets follow the route at each write, and none leaves without one", () => {
  const { send, follow, numbers, relayed } = setup();
  send(1);
  follow(undefined);
  send(1);
  follow("other");
  send(2);
  follow("direct");
  send(1);
  deepEqual(numbers(), [0, 4]);
  deepEqual(relayed, Array(2).fill(HEADER + 100 + TAG_SIZE));
});

Deno.test("[FST8] disposing frees key and descriptors once, and nothing is sent from then on", () => {
  const { crypto, writer, send, libc, disposed } = setup();
  send(1);
  equal(crypto.contexts, 1);
  writer[Symbol.dispose]();
  writer[Symbol.dispose]();
  send(1);
  deepEqual([crypto.contexts, disposed(), libc.sent.length], [0, 1, 1]);
});

Deno.test("[FST8] a payload that fits no packet is refused before OpenSSL and the system are called", () => {
  const { crypto, writer, packets, libc } = setup();
  const { calls } = crypto;
  throws(() => writer.write("video", packets(1, 1_500)), RangeError);
  deepEqual([crypto.calls, libc.calls.length], [calls, 0]);
});

Deno.test("[FST8] a payload in memory that threads share is copied first", () => {
  const sent = [new SharedArrayBuffer(8), new ArrayBuffer(8)].map((buffer) => {
    const { writer, packets, libc } = setup();
    const payload = new Uint8Array(buffer).fill(9);
    writer.write("video", packets(1).map((packet) => ({ ...packet, payload })));
    return libc.sent[0]!.bytes;
  });
  deepEqual(sent[0], sent[1]);
});

Deno.test("[FST8] a fault of OpenSSL leaves no key behind", () => {
  const { crypto, send, writer } = setup();
  crypto.failing.add("update");
  throws(() => send(1), /OpenSSL could not encrypt/);
  writer[Symbol.dispose]();
  crypto.failing.add("init");
  throws(() => setup(crypto), /OpenSSL refused/);
  equal(crypto.contexts, 0);
});

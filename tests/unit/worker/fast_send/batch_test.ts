import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { Batch, MOST_PACKETS, PAYLOAD_ROOM } from "../../../../worker/fast_send/batch.ts";
import { ERRNO } from "../../../../worker/fast_send/libc.ts";
import { socketAddress } from "../../../../media/socket_address.ts";
import { FakeLibc } from "../../../fakes/fast_send/libc.ts";

const TO = socketAddress({ address: "2001:db8::1", port: 9 })!;

function setup() {
  const libc = new FakeLibc();
  const batch = new Batch(libc);
  const descriptor = libc.add(TO);
  /** Adds a packet of this length, whose bytes tell which it is. */
  const add = (length: number, mark = batch.count) => {
    batch.room.fill(mark, 0, length - 12);
    batch.add(new Uint8Array(12).fill(mark), length - 12);
  };
  const send = (grouping: "segments" | "packets", first = 0) =>
    batch.send(descriptor, { to: TO, grouping, first });
  const lengths = () => libc.sent.map(({ bytes }) => bytes.length);
  return { libc, batch, add, send, lengths };
}

Deno.test("[FST5] packets are sent with one call, cut by the system or one by one", () => {
  for (const grouping of ["segments", "packets"] as const) {
    const { libc, add, send } = setup();
    for (const length of [900, 900, 300, 80, 900, 900]) add(length);
    deepEqual(send(grouping), { next: 6, fault: 0 });
    deepEqual(libc.calls, grouping === "segments" ? [[3, 1, 2]] : [[1, 1, 1, 1, 1, 1]]);
    deepEqual(
      libc.sent.map(({ bytes }) => bytes),
      [900, 900, 300, 80, 900, 900].map((length, index) => Array(length).fill(index)),
    );
    deepEqual(libc.sent.map(({ to }) => to), Array(6).fill([...TO]));
  }
});

Deno.test("[FST5] any packets arrive whole and in order, batch after batch", () => {
  const packets = fc.array(fc.constantFrom(12, 13, 60, 1_200, 1_201), {
    minLength: 1,
    maxLength: MOST_PACKETS,
  });
  const { libc, batch, add, send } = setup();
  fc.assert(fc.property(packets, fc.constantFrom("segments", "packets"), (sizes, grouping) => {
    batch.clear();
    libc.sent.length = 0;
    for (const size of sizes) add(size);
    deepEqual(send(grouping), { next: sizes.length, fault: 0 });
    deepEqual(
      libc.sent.map(({ bytes }) => [bytes.length, ...new Set(bytes)]),
      sizes.map((size, index) => [size, index]),
    );
    deepEqual(batch.packets().map((packet) => packet.length), sizes);
  }));
});

Deno.test("[FST6] after a partial send the rest is tried, and the first packet that was refused is named", () => {
  const { libc, add, send, lengths } = setup();
  for (const length of [900, 900, 300, 80, 900, 900]) add(length);
  libc.fault = ({ index }) => index >= 4 ? ERRNO.EAGAIN : 0;
  deepEqual(send("segments"), { next: 4, fault: ERRNO.EAGAIN });
  deepEqual(lengths(), [900, 900, 300, 80]);
  libc.fault = () => 0;
  deepEqual(send("packets", 4), { next: 6, fault: 0 });
  deepEqual(lengths(), [900, 900, 300, 80, 900, 900]);
});

Deno.test("[FST8] what does not fit is refused before the system is called", () => {
  const { batch, add, send } = setup();
  throws(() => batch.add(new Uint8Array(65), 1), RangeError);
  throws(() => batch.add(new Uint8Array(12), PAYLOAD_ROOM + 1), RangeError);
  for (let n = 0; n < MOST_PACKETS; n++) add(100);
  equal(batch.isFull, true);
  throws(() => batch.room, RangeError);
  throws(() => batch.add(new Uint8Array(12), 1), RangeError);
  throws(() => batch.send(3, { to: new Uint8Array(29), grouping: "packets" }), RangeError);
  deepEqual(send("segments"), { next: MOST_PACKETS, fault: 0 });
});

Deno.test("[FST4] a descriptor that is not open gets nothing", () => {
  const { batch, add, lengths } = setup();
  add(100);
  deepEqual(batch.send(77, { to: TO, grouping: "packets" }), { next: 0, fault: ERRNO.EBADF });
  deepEqual(lengths(), []);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { HandshakeOrder } from "../../../../worker/werift/handshake_order.ts";

const CLIENT_HELLO = 1;
const CERTIFICATE = 11;

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Fragments of message `number`, each in a record of its own. */
function records({ type, body }: Message, number: number, cuts: readonly number[] = []) {
  const edges = [...new Set([0, ...cuts.filter((at) => at > 0 && at < body.length), body.length])]
    .sort((a, b) => a - b);
  const pieces = body.length === 0 ? [[0, 0]] : edges.slice(1).map((to, n) => [edges[n]!, to]);
  return pieces.map(([from, to]) =>
    record(
      message({ type, number, length: body.length, offset: from!, part: body.subarray(from, to) }),
    )
  );
}

function message(
  { type, number, length, offset, part }: {
    type: number;
    number: number;
    length: number;
    offset: number;
    part: Uint8Array;
  },
): Uint8Array {
  const uint24 = (value: number) => [value >> 16 & 255, value >> 8 & 255, value & 255];
  const header = [type, ...uint24(length), number >> 8, number & 255];
  return Uint8Array.from([...header, ...uint24(offset), ...uint24(part.length), ...part]);
}

/** One DTLS record in epoch 0 (RFC 6347 §4.1). */
function record(...messages: Uint8Array[]): Uint8Array {
  const body = messages.flatMap((each) => [...each]);
  return Uint8Array.from([
    22,
    254,
    253,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    7,
    body.length >> 8,
    body.length & 255,
    ...body,
  ]);
}

const hello = (seed: number): Message => ({
  type: CLIENT_HELLO,
  body: Uint8Array.from({ length: 1500 }, (_, n) => n * seed & 255),
});
const certificate: Message = { type: CERTIFICATE, body: Uint8Array.of(5, 6, 7) };

Deno.test("[PEE22] a message in fragments is passed on whole, in one record", () => {
  const order = new HandshakeOrder();
  const [first, second] = records(hello(3), 0, [1200]);
  deepEqual(order.receive(first!), []);
  deepEqual(order.receive(second!), records(hello(3), 0));
});

Deno.test("[PEE22] a first hello that comes after the second is dropped", () => {
  const order = new HandshakeOrder();
  for (const each of records(hello(3), 0, [1200])) order.receive(each);
  equal(records(hello(5), 1, [1200]).flatMap((each) => order.receive(each)).length, 1);
  deepEqual(records(hello(3), 0, [1200]).flatMap((each) => order.receive(each)), []);
});

Deno.test("[PEE22] the newest hello is passed on again when it is repeated, once a repetition", () => {
  const order = new HandshakeOrder();
  const flight = records(hello(3), 0, [1200]);
  for (let n = 0; n < 3; n++) {
    deepEqual(flight.flatMap((each) => order.receive(each)), records(hello(3), 0));
  }
  const next = records(hello(5), 1, [1200]);
  for (let n = 0; n < 2; n++) {
    deepEqual(next.flatMap((each) => order.receive(each)), records(hello(5), 1));
  }
  deepEqual(records(certificate, 2).flatMap((each) => order.receive(each)).length, 1);
  deepEqual(next.flatMap((each) => order.receive(each)), []);
});

Deno.test("[PEE22] several messages in one record are passed on one by one", () => {
  const part = certificate.body;
  const both = record(
    message({ type: CERTIFICATE, number: 0, length: 3, offset: 0, part }),
    message({ type: 16, number: 1, length: 3, offset: 0, part }),
  );
  deepEqual(new HandshakeOrder().receive(both), [
    ...records(certificate, 0),
    ...records({ type: 16, body: part }, 1),
  ]);
});

Deno.test("[PEE22] a fragment that contradicts the others does not keep the message from completing", () => {
  const order = new HandshakeOrder();
  const [first, second] = records(hello(3), 0, [1200]);
  order.receive(first!);
  order.receive(record(
    message({ type: CLIENT_HELLO, number: 0, length: 9, offset: 0, part: Uint8Array.of(1) }),
  ));
  order.receive(first!);
  deepEqual(order.receive(second!), records(hello(3), 0));
});

Deno.test("[PEE22] what a network repeats and reorders is passed on once, in order", () => {
  const flights = fc.array(
    fc.record({
      type: fc.constantFrom(11, 15, 16),
      body: fc.uint8Array({ maxLength: 300 }),
      cuts: fc.array(fc.nat(300), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(fc.property(flights, fc.array(fc.nat(), { maxLength: 60 }), (messages, disorder) => {
    const sent = messages.flatMap((each, number) => records(each, number, each.cuts));
    const order = new HandshakeOrder();
    const arrivals = [...disorder.map((n) => sent[n % sent.length]!), ...sent];
    const passed = arrivals.flatMap((each) => order.receive(each));
    deepEqual(passed, messages.flatMap((each, number) => records(each, number)));
  }));
});

Deno.test("[PEE22] any bytes are taken, and what is passed on is whole", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (datagrams) => {
    const order = new HandshakeOrder();
    for (const each of datagrams) {
      for (const passed of order.receive(each)) {
        const view = new DataView(passed.buffer);
        equal(view.getUint16(11), passed.length - 13);
        ok(passed.length <= 13 + 12 + 16_384);
      }
    }
  }));
});

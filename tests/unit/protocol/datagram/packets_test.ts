import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { following } from "../../../../protocol/datagram/bytes.ts";
import { decodePacket, encodePacket, type Packet } from "../../../../protocol/datagram/packet.ts";
import {
  encodeConnect,
  encodeConnectAck,
  encodeCookie,
} from "../../../../protocol/datagram/sealed/handshake.ts";
import { deriveKeys, sealPacket } from "../../../../protocol/datagram/sealed/seal.ts";
import vectors from "../../../vectors/datagram.json" with { type: "json" };
import { SECRET } from "../../../support/datagram/sealed_pair.ts";

/** The packets of the vectors, by name. */
const PACKETS: Readonly<Record<string, Packet>> = {
  "close, done": { type: "close", reason: "done" },
  "close, undeliverable": { type: "close", reason: "undeliverable" },
  "data, a whole batch": data({ number: 7, batch: 2, first: true, last: true }),
  "data, the middle of a batch": data({ number: 0xffffffff, batch: 255 }),
  "data, a part": { ...data({ number: 1, first: true }), part: { index: 1, count: 3 } },
  "ack without a gap": { type: "ack", next: 9, numbers: [] },
  "ack with numbers beyond a gap": { type: "ack", next: 0xfffffffe, numbers: [0xffffffff, 8] },
  "repeat": { type: "repeat", numbers: [5, 6] },
  "direct": { type: "direct", payload: bytes("hi") },
  "ping": { type: "ping", count: 0 },
  "pong": { type: "pong", count: 3 },
};

function data(fields: Partial<Extract<Packet, { type: "data" }>>) {
  return {
    type: "data",
    number: 0,
    batch: 0,
    first: false,
    last: false,
    payload: bytes("hi"),
    ...fields,
  } as const;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

for (const { name, hex } of vectors.packets) {
  Deno.test(`[RUD5] ${name} has its bytes`, () => {
    equal(encodePacket(PACKETS[name]!).toHex(), hex);
    deepEqual(decodePacket(Uint8Array.fromHex(hex)), PACKETS[name]);
  });
}

Deno.test("[RUD5] every packet has a vector", () => {
  deepEqual(vectors.packets.map(({ name }) => name), Object.keys(PACKETS));
});

Deno.test("[RUD5] connect, cookie, connect-ack and a sealed datagram have their bytes", () => {
  const run = (from: number, length: number) => Uint8Array.from({ length }, (_, at) => from + at);
  const connect = {
    version: 1,
    link: 0x11223344,
    id: SECRET.id,
    random: run(0x20, 16),
    receiveBuffer: 1_048_576,
    cookie: run(0x40, 16),
  };
  const ack = {
    version: 1,
    link: 0x11223344,
    own: 0xaabbccdd,
    random: run(0x60, 16),
    receiveBuffer: 65_536,
  };
  const { secret } = SECRET;
  const keys = deriveKeys(secret, Uint8Array.from([...connect.random, ...ack.random]));
  const sealed = (sequence: number) =>
    sealPacket(PACKETS.direct!, { direction: keys.fromDialler, link: 0xaabbccdd, sequence });
  deepEqual({
    connect: encodeConnect(connect, secret).toHex(),
    cookie: encodeCookie(connect.link, connect.cookie).toHex(),
    connectAck: encodeConnectAck(ack, { secret, connect }).toHex(),
    sealedFirst: sealed(0).toHex(),
    sealedFar: sealed(2 ** 40 + 5).toHex(),
  }, vectors.datagrams);
});

const u32 = fc.nat(0xffffffff);
const u8 = fc.nat(255);
const payload = fc.uint8Array({ maxLength: 60 });
const anyPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ type: fc.constant("ping" as const), count: u8 }),
  fc.record({ type: fc.constant("direct" as const), payload }),
  fc.record({
    type: fc.constant("repeat" as const),
    numbers: fc.array(u32, { minLength: 1, maxLength: 64 }),
  }),
  fc.tuple(u32, fc.uniqueArray(fc.integer({ min: 1, max: 512 }), { maxLength: 40 })).map((
    [next, steps],
  ) => ({
    type: "ack" as const,
    next,
    numbers: steps.sort((a, b) => a - b).map((step) => following(next, step)),
  })),
  fc.record({
    type: fc.constant("data" as const),
    number: u32,
    batch: u8,
    first: fc.boolean(),
    last: fc.boolean(),
    payload,
  }),
);

Deno.test("[RUD9] every packet is read as it was written", () => {
  fc.assert(fc.property(anyPacket, (packet) => {
    deepEqual(decodePacket(encodePacket(packet)), packet);
  }));
});

Deno.test("[RUD9] no bytes make the decoder throw, and what it reads means the same again", () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(fc.integer({ min: 3, max: 10 }), fc.uint8Array({ maxLength: 80 }))
      .map(([type, rest]) => Uint8Array.of(type, ...rest)),
  );
  fc.assert(
    fc.property(anyBytes, (given) => {
      const packet = decodePacket(given);
      if (packet) deepEqual(decodePacket(encodePacket(packet)), packet);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("[RUD9] a packet that is cut short or has bytes left over is none", () => {
  for (const name of ["close, done", "ack without a gap", "ping"] as const) {
    const whole = encodePacket(PACKETS[name]!);
    for (let length = 0; length < whole.length; length++) {
      equal(decodePacket(whole.subarray(0, length)), undefined, `${name}, ${length} bytes`);
    }
  }
  equal(decodePacket(Uint8Array.of(9, 0, 0)), undefined);
  equal(decodePacket(Uint8Array.of(5, 0, 0, 0, 0, 0, 8)), undefined, "unknown flag");
  equal(decodePacket(Uint8Array.of(5, 0, 0, 0, 0, 0, 4, 3, 3, 1)), undefined, "part beyond");
  equal(decodePacket(new Uint8Array(5 + 65).fill(6)), undefined, "mask too long");
  ok(decodePacket(new Uint8Array(5 + 64).fill(6)));
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type ChannelName, CHANNELS } from "../../../../protocol/control/channels.ts";
import {
  decodeFromBrowser,
  decodeToBrowser,
  encodeFromBrowser,
  encodeToBrowser,
  type FromBrowser,
  MAX_FROM_BROWSER,
  MAX_SOUND,
  type ToBrowser,
} from "../../../../protocol/media_socket/messages.ts";
import vectors from "../../../vectors/media_socket.json" with { type: "json" };

const DIRECTIONS = [
  {
    name: "browser",
    vectors: vectors.fromBrowser,
    types: ["channel", "hello", "keyframe", "received"],
    encode: (message: unknown) => encodeFromBrowser(message as FromBrowser),
    decode: decodeFromBrowser,
  },
  {
    name: "worker",
    vectors: vectors.toBrowser,
    types: ["channel", "ready", "sound", "video"],
    encode: (message: unknown) => encodeToBrowser(message as ToBrowser),
    decode: decodeToBrowser,
  },
];

for (const { name, vectors, types, encode, decode } of DIRECTIONS) {
  for (const { name: what, message, hex } of vectors) {
    Deno.test(`[TCP2] a ${name}'s message has its bytes: ${what}`, () => {
      equal(encode(withBytes(message)).toHex(), hex);
      deepEqual(decode(Uint8Array.fromHex(hex)), withBytes(message));
    });
  }

  Deno.test(`[TCP2] every message of a ${name} has a vector`, () => {
    deepEqual([...new Set(vectors.map(({ message }) => message.type))].sort(), types);
  });

  Deno.test(`[TCP3] a ${name}'s message that is cut short or too long is none, or another whole one`, () => {
    for (const { hex } of vectors) {
      const whole = Uint8Array.fromHex(hex);
      for (let length = 0; length < whole.length; length++) {
        const cut = decode(whole.subarray(0, length));
        if (cut) ok(["channel", "video", "sound"].includes(cut.type), `${hex} at ${length}`);
      }
      const { type } = decode(whole)!;
      if (["channel", "video", "sound"].includes(type)) continue;
      equal(decode(Uint8Array.of(...whole, 0)), undefined, hex);
    }
  });

  Deno.test(`[TCP3] random bytes of a ${name} never throw, and what is read is written the same`, () => {
    const first = fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x11, 0x12, 0x13, 0xff);
    const bytes = fc.tuple(first, fc.uint8Array({ maxLength: 60 }))
      .map(([type, rest]) => Uint8Array.of(type, ...rest));
    fc.assert(fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 2_000 })), (bytes) => {
      const message = decode(bytes);
      if (message) deepEqual([...encode(message)], [...bytes]);
    }));
  });
}

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const channel = fc.record({
  type: fc.constant("channel" as const),
  channel: fc.constantFrom(...Object.keys(CHANNELS) as ChannelName[]),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 1_200 }),
});

Deno.test("[TCP2] every message of a browser survives", () => {
  const messages = fc.oneof(
    channel,
    fc.record({
      type: fc.constant("hello" as const),
      codecs: fc.constantFrom(["h264"] as const, ["vp8"] as const, ["h264", "vp8"] as const),
      ticket: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    }),
    fc.record({ type: fc.constant("received" as const), number }),
  );
  fc.assert(fc.property(messages, (message) => {
    deepEqual(decodeFromBrowser(encodeFromBrowser(message)), message);
  }));
});

Deno.test("[TCP2] every message of a worker survives", () => {
  const data = fc.uint8Array({ minLength: 1, maxLength: 3_000 });
  const messages = fc.oneof(
    channel,
    fc.record({
      type: fc.constant("video" as const),
      keyframe: fc.boolean(),
      number,
      timestamp: number,
      sentAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
      data,
    }),
    fc.record({
      type: fc.constant("sound" as const),
      timestamp: number,
      data: fc.uint8Array({ minLength: 1, maxLength: MAX_SOUND }),
    }),
  );
  fc.assert(fc.property(messages, (message) => {
    deepEqual(decodeToBrowser(encodeToBrowser(message)), message);
  }));
});

Deno.test("[TCP3] a browser's message beyond 16,386 bytes is none", () => {
  const longest = new Uint8Array(MAX_FROM_BROWSER).fill(2).with(1, 0);
  ok(decodeFromBrowser(longest));
  equal(decodeFromBrowser(Uint8Array.of(...longest, 0)), undefined);
});

Deno.test("[TCP3] a hello of another version, without a codec or with one that is not known is none", () => {
  const { hex } = vectors.fromBrowser[0]!;
  for (const [at, value] of [[1, 0], [1, 2], [2, 0], [2, 4], [2, 7]] as const) {
    equal(
      decodeFromBrowser(Uint8Array.fromHex(hex).with(at, value)),
      undefined,
      `${at} = ${value}`,
    );
  }
});

/** The message of a vector with its bytes, which a vector holds as hex. */
function withBytes(message: object): unknown {
  const hex = ["ticket", "bytes", "data"];
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => [
      key,
      hex.includes(key) ? Uint8Array.fromHex(value) : value,
    ]),
  );
}

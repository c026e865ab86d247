import { deepEqual, equal, ok } from "node:assert/strict";
import { Opener, PROTOCOL, Sealer } from "../../../../../media/links/rist/cipher.ts";
import {
  type Control,
  decodeControl,
  encodeControl,
} from "../../../../../media/links/rist/control.ts";
import {
  decodeInner,
  encodeInnerControl,
  encodeMedia,
} from "../../../../../media/links/rist/packet.ts";
import { SeededRandom } from "../../../../fakes/random.ts";
import vectors from "../../../../vectors/rist.json" with { type: "json" };

const SECRET = vectors.secret;

function sealed(inner: Uint8Array): Uint8Array {
  return new Sealer(SECRET, new SeededRandom(1)).seal(PROTOCOL.reduced, inner);
}

Deno.test("[BND1] datagrams of librist are read", () => {
  for (const { name, hex, control, media } of vectors.librist) {
    const opened = new Opener(SECRET).open(Uint8Array.fromHex(hex));
    ok(opened, name);
    const inner = decodeInner(opened.plain);
    if (inner?.kind === "media") {
      const { payload, ...head } = inner.media;
      deepEqual({ ...head, bytes: payload.length }, media, name);
    } else {
      const { from, lost, echoRequest, echoResponse } = decodeControl(inner!.control)!;
      const found = {
        from,
        ...(lost!.length > 0 && { lost }),
        ...(echoRequest !== undefined && { echoRequest: echoRequest.toString(16) }),
        ...(echoResponse !== undefined && { echoResponse: echoResponse.toString(16) }),
      };
      deepEqual(found, control, name);
    }
  }
});

Deno.test("[BND1] media and control come out as they went in", () => {
  const media = {
    ...{ number: 65_535, timestamp: 2 ** 32 - 1, flow: 0xfffffffe, isRepeat: true },
    payload: Uint8Array.of(0x47, 1, 2),
  };
  deepEqual(decodeInner(encodeMedia(media)), { kind: "media", media });
  const control: Control = {
    from: 4,
    lost: [9, 10, 11, 65_535, 0, 7],
    echoRequest: 2n ** 63n,
    echoResponse: 5n,
    report: [{ path: 1, highest: 2 ** 32 - 1, nonce: 77, datagrams: 3, bytes: 12 }],
    keyframe: true,
    newest: 65_535,
    time: 1_767_225_600_123_456n,
  };
  const inner = decodeInner(encodeInnerControl(encodeControl(control)));
  ok(inner?.kind === "control");
  deepEqual(decodeControl(inner.control), control);
});

Deno.test("[BND2] a datagram that came before, of another secret, or cut short is not taken", () => {
  const datagram = sealed(encodeInnerControl(encodeControl({ from: 4, keyframe: true })));
  const opener = new Opener(SECRET);
  const opened = opener.open(datagram)!;
  opener.accept(opened);
  equal(opener.open(datagram), undefined);
  const other = new Opener("another secret").open(datagram);
  const inner = other && decodeInner(other.plain);
  ok(inner?.kind !== "media" && !(inner && decodeControl(inner.control)?.keyframe));
  for (let length = 0; length < datagram.length; length++) {
    const cut = new Opener(SECRET).open(datagram.slice(0, length));
    const inner = cut && decodeInner(cut.plain);
    const control = inner?.kind === "control" ? decodeControl(inner.control) : undefined;
    ok(!control?.keyframe, `${length} bytes`);
  }
});

Deno.test("[BND2] new keys are derived at a bounded rate, whatever strangers send", () => {
  const opener = new Opener(SECRET);
  let opened = 0;
  for (let stranger = 0; stranger < 10_000; stranger++) {
    const bytes = new Uint8Array(40);
    new DataView(bytes.buffer).setUint32(0, 0x304888b6);
    new DataView(bytes.buffer).setUint32(4, stranger + 1);
    if (opener.open(bytes)) opened += 1;
  }
  equal(opened, 1);
  for (let turn = 0; turn < 10; turn++) opener.refill();
  const own = new Sealer(SECRET, new SeededRandom(5)).seal(PROTOCOL.reduced, Uint8Array.of(1));
  ok(opener.open(own));
});

Deno.test("[BND2] no bytes make the readers throw", () => {
  const random = new SeededRandom(Number(Deno.env.get("FARPAD_FUZZ_SEED") ?? 1));
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.bytes(Math.floor(random.unit() * 80));
    if (bytes.length > 2) bytes[0] = 0x80 + Math.floor(random.unit() * 4);
    decodeInner(bytes);
    const control = decodeControl(bytes);
    ok((control?.lost ?? []).length <= 600);
  }
});

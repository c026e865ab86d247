import { deepEqual, doesNotThrow, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  decodeTrackPacket,
  encodeTrackPacket,
  MAX_TRACK_PAYLOAD,
  TRACK_LIMITS,
} from "../../../../protocol/room_media/tracks.ts";
import { decodeVoice, encodeVoice } from "../../../../protocol/room_media/voice.ts";
import vectors from "../../../vectors/room_media.json" with { type: "json" };

for (const { name, track, payload, hex } of vectors.packets) {
  Deno.test(`[TRK1] ${name} has its bytes`, () => {
    const packet = { track, payload: Uint8Array.fromHex(payload) };
    equal(encodeTrackPacket(packet).toHex(), hex);
    deepEqual(decodeTrackPacket(Uint8Array.fromHex(hex)), packet);
  });
}

for (const { name, sequence, opus, hex } of vectors.voice) {
  Deno.test(`[VOI1] ${name} of voice has its bytes`, () => {
    const packet = { sequence, opus: Uint8Array.fromHex(opus) };
    equal(encodeVoice(packet).toHex(), hex);
    deepEqual(decodeVoice(Uint8Array.fromHex(hex)), packet);
  });
}

Deno.test("[TRK1] a packet without a track or payload, or that is too long, is none", () => {
  const sized = (bytes: number) => new Uint8Array(bytes).fill(1);
  for (const bytes of [sized(0), sized(3), sized(4), new Uint8Array(9)]) {
    equal(decodeTrackPacket(bytes), undefined);
  }
  equal(decodeTrackPacket(sized(4 + MAX_TRACK_PAYLOAD))?.payload.length, MAX_TRACK_PAYLOAD);
  equal(decodeTrackPacket(sized(5 + MAX_TRACK_PAYLOAD)), undefined);
  equal(decodeVoice(sized(2)), undefined);
  equal(decodeVoice(sized(TRACK_LIMITS.voice.mostBytes + 1)), undefined);
});

Deno.test("[TRK1] reading noise never throws, and what is read is what was written", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1_200 }), (bytes) => {
    doesNotThrow(() => [decodeTrackPacket(bytes), decodeVoice(bytes)]);
    const packet = decodeTrackPacket(bytes);
    if (packet) deepEqual([...encodeTrackPacket(packet)], [...bytes]);
    const voice = decodeVoice(bytes);
    if (voice) deepEqual([...encodeVoice(voice)], [...bytes]);
  }));
});

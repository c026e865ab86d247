import { deepEqual, doesNotThrow, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_ASSET, MAX_CHUNK } from "../../../../protocol/room_assets/asset.ts";
import {
  type AssetMessage,
  decodeAssetMessage,
  encodeAssetMessage,
} from "../../../../protocol/room_assets/wire.ts";
import { CHANNELS } from "../../../../protocol/control/channels.ts";
import { pack } from "../../../../protocol/msgpack.ts";
import vectors from "../../../vectors/room_assets.json" with { type: "json" };

const asset = `asset:sha256:${"0".repeat(64)}`;

for (const { name, message, hex } of vectors) {
  Deno.test(`[AST1] ${name} has its bytes`, () => {
    const given = "bytes" in message
      ? { ...message, bytes: Uint8Array.fromHex(message.bytes ?? "") }
      : message;
    equal(encodeAssetMessage(given as AssetMessage).toHex(), hex);
    const read = decodeAssetMessage(Uint8Array.fromHex(hex))!;
    deepEqual("bytes" in read ? { ...read, bytes: read.bytes.toHex() } : read, message);
  });
}

Deno.test("[AST1] noise is no message, and reading it never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    doesNotThrow(() => decodeAssetMessage(bytes));
  }));
  const known = vectors.map(({ hex }) => Uint8Array.fromHex(hex));
  fc.assert(fc.property(fc.constantFrom(...known), fc.nat(), fc.nat(255), (bytes, at, value) => {
    doesNotThrow(() => decodeAssetMessage(bytes.with(at % bytes.length, value)));
  }));
});

Deno.test("[AST1] names that are no SHA-256, sizes beyond the bound and long chunks are no messages", () => {
  const wrong = [
    [48, 1, "asset:sha256:0"],
    [48, 1, `asset:sha256:${"A".repeat(64)}`],
    [48, 1, `asset:md5:${"0".repeat(64)}`],
    [48, -1, asset],
    [49, 1, 0, "image/png"],
    [49, 1, MAX_ASSET + 1, "image/png"],
    [49, 1, 1, "text/html; charset=utf-8"],
    [50, 1, asset, -1, 5],
    [50, 1, asset, 0.5, 5],
    [51, 1, 0, new Uint8Array()],
    [51, 1, 0, new Uint8Array(MAX_CHUNK + 1)],
    [51, 1, 0, "text"],
    [52, 1, "other"],
    [53, asset, 1],
    [99, 1],
  ];
  for (const value of wrong) equal(decodeAssetMessage(pack(value)), undefined, String(value));
});

Deno.test("[AST1] the longest message fits one of a media socket", () => {
  const bytes = new Uint8Array(MAX_CHUNK).fill(255);
  const chunk = { type: "chunk", id: 0xffff_ffff, offset: MAX_ASSET, bytes } as const;
  const encoded = encodeAssetMessage(chunk);
  equal(decodeAssetMessage(encoded)?.type, "chunk");
  ok(encoded.length <= CHANNELS.assets.most);
});

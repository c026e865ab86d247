import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { readPublicKey } from "../../../../protocol/field/ed25519_key.ts";
import { createDeviceKey } from "../../../support/control/device.ts";

/** All encodings of points of small order, the non-canonical ones too, as hex. */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

const text = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

Deno.test("[DEV6] a key of small order is refused in each of its 14 encodings", () => {
  for (const hex of SMALL_ORDER) {
    equal(readPublicKey(text(Uint8Array.fromHex(hex))), undefined, hex);
  }
});

Deno.test("[DEV6] a key with y of the prime or more, or beside the curve, is refused", () => {
  const edge = (last: string) => `f0${"ff".repeat(30)}${last}`;
  // y = 2 has no x.
  for (const hex of [edge("7f"), edge("ff"), `02${"00".repeat(31)}`]) {
    equal(readPublicKey(text(Uint8Array.fromHex(hex))), undefined, hex);
  }
});

Deno.test("[DEV6] each key that WebCrypto makes is read, byte for byte", async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { publicKey } = await createDeviceKey();
    const bytes = readPublicKey(publicKey);
    ok(bytes);
    equal(text(bytes), publicKey);
  }
});

Deno.test("[DEV6] any text is read or refused, and a key has one spelling", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
  fc.assert(fc.property(fc.oneof(fc.string(), word), (given) => {
    const bytes = readPublicKey(given);
    if (bytes) equal(text(bytes), given);
  }));
});

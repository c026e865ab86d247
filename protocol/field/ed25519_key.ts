/**
 * Whether 32 bytes are a public key that signatures can be trusted by (RFC 8032 §5.1). WebCrypto imports any 32
 * bytes. For a key of small order there are signatures that fit every text, and no private key is needed to make them.
 *
 * @module
 */

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const KEY_BYTES = 32;

/** The prime of the field: 2^255 - 19. */
const P = 2n ** 255n - 19n;
/** The curve's constant d = -121665/121666 (RFC 8032 §5.1). */
const D = modulo(-121_665n * power(121_666n, P - 2n));
/** y of four of the points of order 8; that of the other four is its negative. */
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
/** y coordinates of the eight points whose order divides the cofactor 8. Each stands for both signs of x. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ORDER_8, P - ORDER_8]);

/** Reads a public key as base64url without padding; `undefined` when it is no key that can be used. */
export function readPublicKey(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = readBytes(text);
  return bytes && isUsable(bytes) ? bytes : undefined;
}

/** Only the one spelling of the bytes is read, so that a key has one text. */
function readBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, BASE64URL);
    return bytes.toBase64(BASE64URL) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the bytes are the one encoding of a point of the curve that is not of small order. */
function isUsable(bytes: Uint8Array): boolean {
  if (bytes.length !== KEY_BYTES) return false;
  const y = BigInt(`0x${bytes.toReversed().toHex()}`) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER.has(y) && isOnCurve(y);
}

/** Whether x² = (y² - 1) / (d·y² + 1) has a solution, by Euler's criterion. */
function isOnCurve(y: bigint): boolean {
  const square = modulo(y * y);
  const product = modulo((square - 1n) * (D * square + 1n));
  return power(product, (P - 1n) / 2n) === 1n;
}

function modulo(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = modulo(base);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

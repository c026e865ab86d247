/**
 * Assets: files that a page and the worker of its room send each other, each named by its content.
 *
 * @module
 */
import * as z from "zod/mini";

/** The name of an asset: the SHA-256 of its bytes, in lower-case hex. */
export const AssetId = z.string().check(
  z.maxLength(77),
  z.regex(/^asset:sha256:[0-9a-f]{64}$/),
);
export type AssetId = z.infer<typeof AssetId>;

/** The largest asset, in bytes. */
export const MAX_ASSET = 8 * 1024 * 1024;
/** The largest part that is asked for at once, in bytes. */
export const MAX_RANGE = 16_384;
/** The largest part in one message, in bytes: it stays whole on every path. */
export const MAX_CHUNK = 1_024;

/** The size of an asset in bytes. */
export const AssetSize = z.int().check(z.gte(1), z.lte(MAX_ASSET));
/** The media type of an asset (RFC 6838), without parameters. */
export const AssetType = z.string().check(
  z.maxLength(64),
  z.regex(/^[a-z]+\/[a-z0-9.+-]+$/),
);

/** Why an asset does not come. */
export const AssetFailure = z.enum([
  /** The other end does not have it, or not any more. */
  "unknown",
  /** The part is not within the asset, or longer than {@linkcode MAX_RANGE}; what came is not what was asked for. */
  "range",
  /** Too much is asked for at once. */
  "busy",
  /** It is larger than it may be, or not as large as it was said to be. */
  "size",
  /** Its bytes are not those that it is named by. */
  "hash",
  /** Nothing came for a while, or the connection ended. */
  "lost",
]);
export type AssetFailure = z.infer<typeof AssetFailure>;

/** The bytes of an asset, and what they are. */
export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The name of the asset with this SHA-256. */
export function assetIdOf(sha256: Uint8Array): AssetId {
  // Older browsers have no `toHex`.
  const hex = Array.from(sha256, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `asset:sha256:${hex}`;
}

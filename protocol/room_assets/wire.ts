/**
 * The messages on the channel `assets`. They are msgpack arrays that begin with a code, and pass in both directions: each
 * end has assets and asks for those of the other.
 *
 * ```text
 * head      [48, id, asset]                  what is it?
 * facts     [49, id, size, type]
 * range     [50, id, asset, offset, length]  these bytes, please
 * chunk     [51, id, offset, bytes]          some of them, in order
 * failure   [52, id, code]                   in place of facts or of further chunks
 * delivery  [53, asset, size, type]          unasked: the other end is to fetch this one
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import { pack, unpack } from "../msgpack.ts";
import { AssetFailure, AssetId, AssetSize, AssetType, MAX_ASSET, MAX_CHUNK } from "./asset.ts";

/** The largest message that an end decodes, in bytes. */
const MAX_MESSAGE = MAX_CHUNK + 32;

const RequestId = z.int().check(z.gte(0), z.lte(0xffff_ffff));
const Offset = z.int().check(z.gte(0), z.lte(MAX_ASSET));

const Bytes = z.custom<Uint8Array>((value) =>
  value instanceof Uint8Array && value.length > 0 && value.length <= MAX_CHUNK
);

const HEAD = z.tuple([z.literal(48), RequestId, AssetId]);
const FACTS = z.tuple([z.literal(49), RequestId, AssetSize, AssetType]);
const RANGE = z.tuple([z.literal(50), RequestId, AssetId, Offset, Offset]);
const CHUNK = z.tuple([z.literal(51), RequestId, Offset, Bytes]);
const FAILURE = z.tuple([z.literal(52), RequestId, AssetFailure]);
const DELIVERY = z.tuple([z.literal(53), AssetId, AssetSize, AssetType]);

const MESSAGE = z.union([HEAD, FACTS, RANGE, CHUNK, FAILURE, DELIVERY]);

/** A message of either end. */
export type AssetMessage =
  | { readonly type: "head"; readonly id: number; readonly asset: AssetId }
  | AssetFacts
  | AssetRange
  | {
    readonly type: "chunk";
    readonly id: number;
    readonly offset: number;
    readonly bytes: Uint8Array;
  }
  | { readonly type: "failure"; readonly id: number; readonly code: AssetFailure }
  | AssetDelivery;

/** The answer to a `head`. */
export interface AssetFacts {
  readonly type: "facts";
  readonly id: number;
  readonly size: number;
  readonly mediaType: string;
}

/** A request for a part of an asset. */
export interface AssetRange {
  readonly type: "range";
  readonly id: number;
  readonly asset: AssetId;
  readonly offset: number;
  readonly length: number;
}

/** An asset that the other end is to fetch. */
export interface AssetDelivery {
  readonly type: "delivery";
  readonly asset: AssetId;
  readonly size: number;
  readonly mediaType: string;
}

/** Encodes a message. */
export function encodeAssetMessage(message: AssetMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "head":
      return pack([48, message.id, message.asset]);
    case "facts":
      return pack([49, message.id, message.size, message.mediaType]);
    case "range":
      return pack([50, message.id, message.asset, message.offset, message.length]);
    case "chunk":
      return pack([51, message.id, message.offset, message.bytes]);
    case "failure":
      return pack([52, message.id, message.code]);
    case "delivery":
      return pack([53, message.asset, message.size, message.mediaType]);
  }
}

/** Decodes a message; `undefined` when the bytes are none. Never throws. */
export function decodeAssetMessage(bytes: Uint8Array): AssetMessage | undefined {
  if (bytes.length > MAX_MESSAGE) return undefined;
  const message = MESSAGE.safeParse(unpack(bytes)).data;
  switch (message?.[0]) {
    case 48:
      return { type: "head", id: message[1], asset: message[2] };
    case 49:
      return { type: "facts", id: message[1], size: message[2], mediaType: message[3] };
    case 50: {
      const [, id, asset, offset, length] = message;
      return { type: "range", id, asset, offset, length };
    }
    case 51:
      return { type: "chunk", id: message[1], offset: message[2], bytes: message[3] };
    case 52:
      return { type: "failure", id: message[1], code: message[2] };
    case 53:
      return { type: "delivery", asset: message[1], size: message[2], mediaType: message[3] };
    default:
      return undefined;
  }
}

/**
 * The messages of a room on the channel `state`: the worker's document downwards, a viewer's intents upwards. They are
 * msgpack arrays that begin with a code, as the compact control messages are; their codes begin at 32.
 *
 * ```text
 * set     [33, revision, entities]
 * merge   [34, revision, from, patch]
 * intent  [32, milliseconds modulo 2³², acknowledged, control?]
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import { DriveState, PadState } from "../control/control.ts";
import { fromMillis, packControl, toMillis, unpackControl } from "../control/control_compact.ts";
import { pack, unpack } from "../msgpack.ts";
import { type Entities, readEntities, readPatch } from "./document.ts";
import type { JsonObject } from "./merge_patch.ts";
import { NO_REVISION, type Revision, RevisionNumber } from "./revision.ts";

const INTENT = 32;
const SET = 33;
const MERGE = 34;

/** The largest message with a document that a page decodes, in bytes; an SCTP message has 65,536 at most. */
export const MAX_STATE_BYTES = 60_000;
/** The largest intent that a worker decodes, in bytes. */
export const MAX_INTENT_BYTES = 64;

/** What a viewer wants at one moment. It is sent again and again, so a lost one is repaired by the next. */
export const Intent = z.object({
  /** Seconds on the viewer's clock, as of a control message. */
  timestamp: z.number(),
  /** The document that the viewer holds; 0: none. */
  acknowledged: RevisionNumber,
  /** The pad, or the wish of a driver. A watcher has none. */
  control: z.optional(z.union([PadState, DriveState])),
});
export type Intent = z.infer<typeof Intent>;

/** A document, or the change since one that the page holds. */
export type StateMessage =
  | { readonly type: "set"; readonly revision: Revision; readonly entities: Entities }
  | {
    readonly type: "merge";
    readonly revision: Revision;
    readonly from: Revision;
    readonly patch: JsonObject;
  };

/** Encodes an intent: at most 39 bytes. */
export function encodeIntent(intent: Intent): Uint8Array<ArrayBuffer> {
  const { timestamp, acknowledged, control } = intent;
  const fields: unknown[] = [INTENT, toMillis(timestamp), acknowledged];
  if (control) fields.push(packControl(control));
  return pack(fields);
}

/** Decodes an intent; `undefined` when the bytes are none. */
export function decodeIntent(bytes: Uint8Array): Intent | undefined {
  if (bytes.length > MAX_INTENT_BYTES) return undefined;
  const value = unpack(bytes);
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) return undefined;
  const [code, ms, acknowledged, control]: readonly unknown[] = value;
  const timestamp = fromMillis(ms);
  if (code !== INTENT || timestamp === undefined) return undefined;
  return Intent.safeParse({
    timestamp,
    acknowledged,
    ...(control !== undefined &&
      { control: Array.isArray(control) ? unpackControl(control) : null }),
  }).data;
}

/** Encodes a document or a change. */
export function encodeState(message: StateMessage): Uint8Array<ArrayBuffer> {
  return pack(
    message.type === "set"
      ? [SET, message.revision, message.entities]
      : [MERGE, message.revision, message.from, message.patch],
  );
}

/** Decodes a document or a change; `undefined` when the bytes are neither, or exceed the bounds. */
export function decodeState(bytes: Uint8Array): StateMessage | undefined {
  if (bytes.length > MAX_STATE_BYTES) return undefined;
  const value = unpack(bytes);
  if (!Array.isArray(value)) return undefined;
  const [code, revision, ...rest]: readonly unknown[] = value;
  if (!isDocument(revision)) return undefined;
  if (code === SET && rest.length === 1) {
    const entities = readEntities(rest[0]);
    return entities && { type: "set", revision, entities };
  }
  const [from, change] = rest;
  if (code !== MERGE || rest.length !== 2 || !isDocument(from)) return undefined;
  const patch = readPatch(change);
  return patch && { type: "merge", revision, from, patch };
}

function isDocument(value: unknown): value is Revision {
  return value !== NO_REVISION && RevisionNumber.safeParse(value).success;
}

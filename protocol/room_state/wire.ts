/**
 * The messages of a room on the channel `state`: the worker's document downwards, a viewer's intents upwards. They are
 * msgpack arrays that begin with a code, as the compact control messages are; their codes begin at 32.
 *
 * ```text
 * set     [33, revision, entities]
 * merge   [34, revision, from, patch]
 * intent  [32, milliseconds modulo 2³², acknowledged, control?, further?]
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import { DriveState, PadState } from "../control/control.ts";
import { fromMillis, packControl, toMillis, unpackControl } from "../control/control_compact.ts";
import type { PadState as Pad } from "../control/pad.ts";
import { Seat } from "../ids.ts";
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
export const MAX_INTENT_BYTES = 128;
/** Most further pads of an intent. */
export const MAX_FURTHER_PADS = 4;

/** The pad of a further seat of the viewer. Its sequence number is that of the viewer's first pad. */
export const FurtherPad = z.object({ seat: Seat, pad: PadState });
export type FurtherPad = z.infer<typeof FurtherPad>;

/** What a viewer wants at one moment. It is sent again and again, so a lost one is repaired by the next. */
export const Intent = z.object({
  /** Seconds on the viewer's clock, as of a control message. */
  timestamp: z.number(),
  /** The document that the viewer holds; 0: none. */
  acknowledged: RevisionNumber,
  /** The pad, or the wish of a driver. A watcher has none. */
  control: z.optional(z.union([PadState, DriveState])),
  /** The pads of the viewer's further seats, beside a pad as `control`. */
  further: z.optional(z.array(FurtherPad).check(z.minLength(1), z.maxLength(MAX_FURTHER_PADS))),
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

/** Encodes an intent: at most 39 bytes, and 120 with four further pads. */
export function encodeIntent(intent: Intent): Uint8Array<ArrayBuffer> {
  const { timestamp, acknowledged, control, further } = intent;
  const fields: unknown[] = [INTENT, toMillis(timestamp), acknowledged];
  if (control) fields.push(packControl(control));
  if (control && further) fields.push(further.map(packFurther));
  return pack(fields);
}

/** Decodes an intent; `undefined` when the bytes are none. */
export function decodeIntent(bytes: Uint8Array): Intent | undefined {
  if (bytes.length > MAX_INTENT_BYTES) return undefined;
  const value = unpack(bytes);
  if (!Array.isArray(value) || value.length < 3 || value.length > 5) return undefined;
  const [code, ms, acknowledged, control, further]: readonly unknown[] = value;
  const timestamp = fromMillis(ms);
  if (code !== INTENT || timestamp === undefined) return undefined;
  const read = Array.isArray(control) ? unpackControl(control) : null;
  return Intent.safeParse({
    timestamp,
    acknowledged,
    ...(control !== undefined && { control: read }),
    ...(further !== undefined && { further: unpackFurther(further, read) }),
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

function packFurther({ seat, pad: { buttons, axes, triggers } }: FurtherPad): number[] {
  return [seat, buttons, ...axes, ...triggers];
}

/** Reads what {@linkcode packFurther} wrote, for a schema to check. `first`: the viewer's first pad. */
function unpackFurther(pads: unknown, first: unknown): unknown {
  const seq = (first as Partial<Pad> | null | undefined)?.seq;
  if (!Array.isArray(pads) || seq === undefined) return null;
  return pads.map((pad: unknown) => {
    if (!Array.isArray(pad) || pad.length !== 8) return null;
    const [seat, buttons, ...rest]: readonly unknown[] = pad;
    return { seat, pad: { seq, buttons, axes: rest.slice(0, 4), triggers: rest.slice(4) } };
  });
}

function isDocument(value: unknown): value is Revision {
  return value !== NO_REVISION && RevisionNumber.safeParse(value).success;
}

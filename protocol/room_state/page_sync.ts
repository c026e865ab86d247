/**
 * A page's end of the room document: takes what the worker sends, in whatever order it arrives, and knows what to
 * acknowledge. Pure, without a clock.
 *
 * ```text
 *          set                  merge from a document that it holds
 *  empty ───────▶ holding ──────────┐
 *    ▲              │  ▲────────────┘
 *    └──────────────┘ merge from one that it does not hold, or that gives no document
 * ```
 *
 * @module
 */
import { type Entities, HISTORY, readEntities, type Version } from "./document.ts";
import { applyPatch } from "./merge_patch.ts";
import { isLater, NO_REVISION, type Revision } from "./revision.ts";
import type { StateMessage } from "./wire.ts";

/** What a page holds. `versions`: the bases of patches that may be on their way; the newest last, never empty. */
export type DocumentState =
  | { readonly state: "empty" }
  | { readonly state: "holding"; readonly versions: readonly Version[] };

/** A page that holds nothing. */
export const EMPTY: DocumentState = { state: "empty" };

/** The revision to acknowledge. */
export function acknowledged(document: DocumentState): Revision {
  return newest(document)?.revision ?? NO_REVISION;
}

/** The entities of the newest document; `undefined` while there is none. */
export function entitiesOf(document: DocumentState): Entities | undefined {
  return newest(document)?.entities;
}

/** Takes a message of the worker. A late or repeated one changes nothing. */
export function receiveState(document: DocumentState, message: StateMessage): DocumentState {
  if (!isLater(message.revision, acknowledged(document))) return document;
  const { revision } = message;
  if (message.type === "set") {
    return { state: "holding", versions: [{ revision, entities: message.entities }] };
  }
  if (document.state === "empty") return document;
  const at = document.versions.findIndex((version) => version.revision === message.from);
  if (at < 0) return EMPTY;
  // The worker patches what was acknowledged last, so it needs nothing before that any more.
  const held = document.versions.slice(at);
  const entities = readEntities(applyPatch(held[0]!.entities, message.patch));
  if (!entities) return EMPTY;
  return { state: "holding", versions: [...held, { revision, entities }].slice(-HISTORY) };
}

function newest(document: DocumentState): Version | undefined {
  return document.state === "holding" ? document.versions.at(-1) : undefined;
}

/**
 * The machine of one fetch: what it is, then part after part, each asked for when the one before is there. So what is on
 * its way is bounded by the end that asks. Pure.
 *
 * ```text
 * asking ──facts──▶ reading ──last chunk──▶ whole
 *    └── failure, wrong size ──┴── failure, wrong part ──▶ failed
 * ```
 *
 * @module
 */
import { type AssetFailure, type AssetId, MAX_RANGE } from "./asset.ts";
import type { AssetMessage } from "./wire.ts";

/** What is fetched, and how large it may be. */
export interface Wanted {
  readonly asset: AssetId;
  /** Most bytes that are taken. */
  readonly most: number;
  /** Its size, where that is known. */
  readonly size?: number | undefined;
  /** The longest that the fetch may take in all, in milliseconds, where it is limited. */
  readonly within?: number | undefined;
}

/** The state of a fetch. The number of the newest request is `id`. */
export type FetchState =
  | { readonly state: "asking"; readonly wanted: Wanted; readonly id: number }
  | {
    readonly state: "reading";
    readonly wanted: Wanted;
    readonly id: number;
    readonly mediaType: string;
    /** As large as the asset; its first `filled` bytes are there. */
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly filled: number;
    /** Where the part that is asked for ends. */
    readonly end: number;
  }
  | {
    readonly state: "whole";
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly mediaType: string;
  }
  | { readonly state: "failed"; readonly code: AssetFailure };

/** The state after a message, and the next request; none while there is nothing to ask. */
export interface FetchStep {
  readonly state: FetchState;
  readonly ask?: AssetMessage;
}

/** Begins a fetch. `id`: the number of its first request. */
export function beginFetch(wanted: Wanted, id: number): FetchStep {
  return {
    state: { state: "asking", wanted, id },
    ask: { type: "head", id, asset: wanted.asset },
  };
}

/** The state after a message that answers `before.id`. `next`: the number for a further request. */
export function stepFetch(before: FetchState, message: AssetMessage, next: number): FetchStep {
  if (before.state === "whole" || before.state === "failed") return { state: before };
  if (message.type === "failure") return fail(message.code);
  const { wanted } = before;
  if (before.state === "asking") {
    if (message.type !== "facts") return fail("range");
    const { size, mediaType } = message;
    if (size > wanted.most || (wanted.size ?? size) !== size) return fail("size");
    return askNext(
      { wanted, mediaType, bytes: new Uint8Array(size), filled: 0 },
      next,
    );
  }
  if (message.type !== "chunk" || message.offset !== before.filled) return fail("range");
  const filled = before.filled + message.bytes.length;
  if (filled > before.end) return fail("range");
  before.bytes.set(message.bytes, before.filled);
  if (filled < before.end) return { state: { ...before, filled } };
  return askNext({ ...before, filled }, next);
}

type Reading = Pick<
  Extract<FetchState, { state: "reading" }>,
  "wanted" | "mediaType" | "bytes" | "filled"
>;

function askNext({ wanted, mediaType, bytes, filled }: Reading, id: number): FetchStep {
  if (filled === bytes.length) return { state: { state: "whole", bytes, mediaType } };
  const length = Math.min(MAX_RANGE, bytes.length - filled);
  return {
    state: {
      state: "reading",
      wanted,
      id,
      mediaType,
      bytes,
      filled,
      end: filled + length,
    },
    ask: { type: "range", id, asset: wanted.asset, offset: filled, length },
  };
}

function fail(code: AssetFailure): FetchStep {
  return { state: { state: "failed", code } };
}

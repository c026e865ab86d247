/**
 * What differs between two states of a core, in blocks: most of a state stays the same within a second. Pure.
 *
 * @module
 */

/** Bytes of a block. */
const BLOCK = 64;

/** An older state, as far as it differs from the newer one. */
export type Delta =
  | { readonly kind: "whole"; readonly state: Uint8Array<ArrayBuffer> }
  /** `blocks`: the numbers of those that differ; `bytes`: these blocks of the older state, one after another. */
  | {
    readonly kind: "blocks";
    readonly blocks: Uint32Array<ArrayBuffer>;
    readonly bytes: Uint8Array<ArrayBuffer>;
  };

/** What leads from `newer` to `older`. States of different lengths have no blocks in common. */
export function deltaOf(newer: Uint8Array, older: Uint8Array<ArrayBuffer>): Delta {
  const whole: Delta = { kind: "whole", state: older };
  if (newer.length !== older.length) return whole;
  const blocks: number[] = [];
  for (let at = 0; at < older.length; at += BLOCK) {
    if (differs(newer, older, at)) blocks.push(at / BLOCK);
  }
  const bytes = new Uint8Array(blocks.length * BLOCK);
  for (const [n, block] of blocks.entries()) {
    bytes.set(older.subarray(block * BLOCK, (block + 1) * BLOCK), n * BLOCK);
  }
  const delta: Delta = { kind: "blocks", blocks: Uint32Array.from(blocks), bytes };
  return sizeOf(delta) < older.length ? delta : whole;
}

/** The older state; `newer` stays as it is. */
export function applyDelta(newer: Uint8Array, delta: Delta): Uint8Array<ArrayBuffer> {
  if (delta.kind === "whole") return delta.state;
  const older = new Uint8Array(newer);
  for (const [n, block] of delta.blocks.entries()) {
    const end = Math.min((block + 1) * BLOCK, older.length);
    const from = n * BLOCK;
    older.set(delta.bytes.subarray(from, from + end - block * BLOCK), block * BLOCK);
  }
  return older;
}

/** The memory that a delta takes, in bytes. */
export function sizeOf(delta: Delta): number {
  return delta.kind === "whole" ? delta.state.length : delta.bytes.length + delta.blocks.byteLength;
}

function differs(one: Uint8Array, other: Uint8Array, from: number): boolean {
  const end = Math.min(from + BLOCK, one.length);
  for (let at = from; at < end; at++) if (one[at] !== other[at]) return true;
  return false;
}

/**
 * The pieces of a device's own recording. The name of each file says all that is known of it, so that nothing else has to be
 * written when a device loses its power. Pure.
 *
 * ```text
 *  recordings/STREAM/1200000.open.mp4            being written since 1,200,000 ms of the stream
 *  recordings/STREAM/1200000-10033.got.mp4       10,033 ms that the worker got
 *  recordings/STREAM/1200000-10033.missed.mp4    the same, and it did not get all of it
 * ```
 *
 * @module
 */
import { type GapName, MAX_GAP, MAX_GAP_BYTES } from "../../protocol/recording/device.ts";
import { StreamId } from "../../protocol/ids.ts";

/** Whether a piece is being written, or whether the worker got all of it. */
export type PieceState = "open" | "got" | "missed";

/** What the name of a piece says. Times in milliseconds since the device began to send the stream. */
export interface PieceName {
  readonly at: number;
  /** 0 while it is being written. */
  readonly duration: number;
  readonly state: PieceState;
}

/** A piece on the disk. */
export interface Piece extends PieceName {
  readonly stream: StreamId;
  readonly bytes: number;
  /** In milliseconds, as far as it is known. */
  readonly age: number;
}

/** Pieces in a row of which the worker did not get the first and the last one whole. */
export interface PiecesInRow extends GapName {
  readonly pieces: readonly Piece[];
}

/** What the worker got is known this long after the end of a piece: its word may come late, in milliseconds. */
export const SETTLED = 15_000;

/** So much that the worker got does not end a gap: a bad hour is a few files, in milliseconds. */
export const BRIDGE = 60_000;

const NAME = /^(\d{1,10})(?:-(\d{1,9}))?\.(open|got|missed)\.mp4$/;

/** The name of a piece's file. */
export function writePieceName({ at, duration, state }: PieceName): string {
  return state === "open" ? `${at}.open.mp4` : `${at}-${duration}.${state}.mp4`;
}

/** Reads the name of a file; `undefined` when it is none of a piece. */
export function readPieceName(name: string): PieceName | undefined {
  const [, at, duration, state] = name.match(NAME) ?? [];
  if (at === undefined || (state === "open") !== (duration === undefined)) return undefined;
  return { at: Number(at), duration: Number(duration ?? 0), state: state as PieceState };
}

/**
 * What has to go, the first ones first: what is too old, and then what is beyond the space, of which first what the worker
 * got. What is being written stays. `running`: the stream that the device sends; an open piece of another one is written by
 * nobody and cannot be read, or it would have been closed.
 */
export function superfluous(
  pieces: readonly Piece[],
  { space, oldest, running }: {
    readonly space: number;
    readonly oldest: number;
    readonly running: StreamId | undefined;
  },
): Piece[] {
  const closed = pieces.filter(({ state, stream }) => state !== "open" || stream !== running);
  const tooOld = closed.filter(({ age }) => age > oldest);
  const order = (piece: Piece) => piece.state === "got" ? 0 : 1;
  const rest = closed.filter(({ age }) => age <= oldest)
    .sort((a, b) => order(a) - order(b) || b.age - a.age || a.at - b.at);
  let used = pieces.reduce((sum, { bytes }) => sum + bytes, 0) -
    tooOld.reduce((sum, { bytes }) => sum + bytes, 0);
  const beyond: Piece[] = [];
  for (const piece of rest) {
    if (used <= space) break;
    used -= piece.bytes;
    beyond.push(piece);
  }
  return [...tooOld, ...beyond];
}

/** The gaps that are complete, the oldest first. `running`: the stream that the device sends. */
export function gapsOf(pieces: readonly Piece[], running: StreamId | undefined): PiecesInRow[] {
  const gaps: PiecesInRow[] = [];
  for (const [stream, all] of Map.groupBy(pieces, ({ stream }) => stream)) {
    const closed = all.filter(({ state }) => state !== "open").sort((a, b) => a.at - b.at);
    for (const row of rowsOf(closed)) {
      if (!isComplete(row, { all, isRunning: stream === running })) continue;
      gaps.push({ stream_id: stream, at_ms: row[0]!.at, pieces: row });
    }
  }
  return gaps.sort((a, b) => b.pieces[0]!.age - a.pieces[0]!.age || a.at_ms - b.at_ms);
}

/** Pieces in a row from one that was missed to another one, as many as one file may hold. */
function rowsOf(closed: readonly Piece[]): Piece[][] {
  const rows: Piece[][] = [];
  let got: Piece[] = [];
  for (const piece of closed) {
    if (piece.state === "got") {
      got.push(piece);
      continue;
    }
    const row = rows.at(-1);
    const longer = [...row ?? [], ...got, piece];
    const isOne = row && lengthOf(got) <= BRIDGE && isInRow(longer) && fits(longer);
    if (isOne) row.push(...got, piece);
    else rows.push([piece]);
    got = [];
  }
  return rows;
}

function isInRow(pieces: readonly Piece[]): boolean {
  return pieces.every(({ at }, index) => {
    const before = pieces[index - 1];
    return !before || before.at + before.duration === at;
  });
}

function fits(row: readonly Piece[]): boolean {
  const bytes = row.reduce((sum, piece) => sum + piece.bytes, 0);
  return bytes <= MAX_GAP_BYTES && lengthOf(row) <= MAX_GAP;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { duration }) => sum + duration, 0);
}

/** A gap of a stream that runs may grow: it is complete once something follows that settled. */
function isComplete(
  row: readonly Piece[],
  { all, isRunning }: { readonly all: readonly Piece[]; readonly isRunning: boolean },
): boolean {
  if (!isRunning) return true;
  const last = row.at(-1)!;
  const end = last.at + last.duration;
  const newest = Math.max(...all.map(({ at, duration }) => at + duration));
  return newest - end >= BRIDGE + SETTLED;
}

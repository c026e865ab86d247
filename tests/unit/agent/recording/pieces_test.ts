import { deepEqual, equal } from "node:assert/strict";
import {
  gapsOf,
  type Piece,
  readPieceName,
  superfluous,
  writePieceName,
} from "../../../../agent/recording/pieces.ts";
import { StreamId } from "../../../../protocol/ids.ts";

const STREAM = StreamId.parse("str_1");

/** `got got missed …`, each ten seconds long and 1,000 bytes, the newest zero seconds old. */
function pieces(states: string, stream = STREAM): Piece[] {
  const all = states.split(" ");
  return all.map((state, index) => ({
    stream,
    state: state as Piece["state"],
    at: index * 10_000,
    duration: state === "open" ? 0 : 10_000,
    bytes: 1_000,
    age: (all.length - 1 - index) * 10_000,
  }));
}

const begins = (all: readonly Piece[], running?: StreamId) =>
  gapsOf(all, running).map(({ at_ms, pieces }) => [at_ms / 10_000, pieces.length]);

Deno.test("[DVR2] the name of a piece says all of it, and no other name is one", () => {
  for (const name of ["0.open.mp4", "1200000-10033.got.mp4", "1200000-10033.missed.mp4"]) {
    equal(writePieceName(readPieceName(name)!), name);
  }
  for (
    const name of ["", "1.mp4", "1.got.mp4", "1-2.open.mp4", "-1-2.got.mp4", "1-2.gone.mp4"]
      .concat("../1-2.got.mp4", "1-2.got.mp4.tmp", "99999999999-1.got.mp4")
  ) equal(readPieceName(name), undefined, name);
});

Deno.test("[DVR3] what is too old goes, then what the worker got, then what it missed, the oldest first", () => {
  const all = pieces("missed got missed got open");
  const gone = (space: number, oldest: number) =>
    superfluous(all, { space, oldest, running: STREAM }).map(({ at }) => at / 10_000);
  deepEqual(gone(5_000, 60_000), []);
  deepEqual(gone(4_000, 60_000), [1]);
  deepEqual(gone(2_000, 60_000), [1, 3, 0]);
  deepEqual(gone(0, 60_000), [1, 3, 0, 2], "what is being written stays");
  deepEqual(gone(5_000, 25_000), [0, 1]);
});

/** So many pieces that the worker got. */
const got = (count: number) => Array(count).fill("got").join(" ");

Deno.test("[DVR4] pieces in a row that the worker missed are one gap, once it can no longer grow", () => {
  deepEqual(begins(pieces(`got missed missed ${got(7)} missed got got`)), [[1, 2], [10, 1]]);
  deepEqual(begins(pieces(`got missed missed ${got(7)}`), STREAM), [], "the last 75 s may change");
  deepEqual(begins(pieces(`got missed missed ${got(7)} missed open`), STREAM), [[1, 2]]);
  deepEqual(begins(pieces(`got missed missed ${got(8)} open`), STREAM), [[1, 2]]);
  deepEqual(begins(pieces("got missed open")), [[1, 1]], "the stream has ended");
});

Deno.test("[DVR4] a minute that the worker got does not end a gap, so that a bad hour is a few files", () => {
  deepEqual(begins(pieces(`missed ${got(6)} missed got`)), [[0, 8]]);
  deepEqual(begins(pieces(`missed ${got(7)} missed got`)), [[0, 1], [8, 1]]);
  const hour = pieces(Array(120).fill("got got missed").join(" "));
  equal(begins(hour).length, 12);
  equal(begins(hour).every(([, count]) => count! <= 30), true);
  const [first, , ...rest] = pieces("missed got got missed");
  deepEqual(begins([first!, ...rest]), [[0, 1], [3, 1]], "a piece between them was removed");
});

Deno.test("[DVR4] a gap has at most five minutes; what is not in a row is another gap", () => {
  deepEqual(begins(pieces(Array(70).fill("missed").join(" "))), [[0, 30], [30, 30], [60, 10]]);
  const [first, , third] = pieces("missed missed missed");
  deepEqual(begins([first!, third!]), [[0, 1], [2, 1]]);
});

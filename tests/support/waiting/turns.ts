/**
 * Whether the rest of a process has its turn while something long is done.
 *
 * @module
 */

/** Lets the rest of a process work once for each part, and counts. */
export function countTurns(): Disposable & { readonly turns: number } {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    get turns() {
      return turns;
    },
    [Symbol.dispose]: () => void (isOver = true),
  };
}

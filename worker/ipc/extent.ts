/**
 * How much there is of a message before anything of it is read.
 *
 * @module
 */

/** What each value costs besides its characters and its name: reading a number takes as long as a word. */
const EACH = 16;

/**
 * About how many bytes a value that came as JSON has, however deep it is. Once it is more than `most` the rest is not
 * looked at.
 */
export function extentOf(value: unknown, most: number): number {
  let extent = 0;
  const waiting = [value];
  while (waiting.length > 0 && extent <= most) {
    const next = waiting.pop();
    extent += EACH;
    if (typeof next === "string") extent += next.length;
    else if (Array.isArray(next)) extent += addAll(next);
    else if (typeof next === "object" && next !== null) {
      for (const name in next) {
        extent += name.length;
        if (extent > most) break;
        waiting.push(next[name as keyof typeof next]);
      }
    }
  }
  return extent;

  /** Many small values are too much before they are looked at. */
  function addAll(values: readonly unknown[]): number {
    const least = values.length * EACH;
    if (extent + least > most) return least;
    for (const each of values) waiting.push(each);
    return 0;
  }
}

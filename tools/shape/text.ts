/**
 * Finds text that no file of the tree may contain.
 *
 * @module
 */

/** Each pattern with its problem. The brackets prevent a pattern from matching its own source. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/, "a mark of unfinished work"],
  [/(?<![\w.~:/-])\/(root|work|Users|home\/[a-z]\w*)\//, "a path of one machine"],
];

/** Checks one file; every problem is a sentence that starts with its path and line. */
export function checkText(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    BANNED.flatMap(([pattern, what]) => {
      const found = pattern.exec(line);
      return found ? [`${path}:${index + 1}: ${what}: ${found[0]}`] : [];
    })
  );
}

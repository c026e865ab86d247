/**
 * What no text of the tree may contain, whatever its language.
 *
 * @module
 */

/** Each pattern with what is wrong about it. The brackets keep the patterns from finding themselves. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/, "a mark of unfinished work"],
  [/(?<![\w.~:/-])\/(root|work|Users|home\/[a-z]\w*)\//, "a path of one machine"],
];

/** Looks through one file; every problem is a sentence that starts with where it is. */
export function checkText(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    BANNED.flatMap(([pattern, what]) => {
      const found = pattern.exec(line);
      return found ? [`${path}:${index + 1}: ${what}: ${found[0]}`] : [];
    })
  );
}

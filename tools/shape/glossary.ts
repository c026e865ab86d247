/**
 * Reads the words that the glossary forbids, and finds them in declared names and paths.
 *
 * @module
 */
import { declaredNames, wordsOf } from "./names.ts";

/** The heading of the glossary's table of forbidden words. */
const HEADING = "## Words that no name contains";

/** A word that names must not contain, and what to write instead. */
export interface Forbidden {
  readonly word: string;
  readonly instead: string;
}

/**
 * The rows of the glossary's table of forbidden words. A row may hold several words, with commas between them.
 *
 * @throws {Error} when the glossary has no such table, so that the check does not pass without a table.
 */
export function readForbidden(glossary: string): readonly Forbidden[] {
  const from = glossary.indexOf(HEADING);
  const section = from < 0 ? "" : glossary.slice(from + HEADING.length).split(/^## /m)[0]!;
  const rows = [...section.matchAll(/^\| ([a-z, ]+?) +\| (.+?) +\|$/gm)]
    .filter(([, words]) => words !== "word");
  if (rows.length === 0) {
    throw new Error(`Cannot check names: the glossary has no table under "${HEADING}"`);
  }
  return rows.flatMap(([, words, instead]) =>
    words!.split(/, */).map((word) => ({ word, instead: instead! }))
  );
}

/** Every forbidden word in the path and in the names that the file declares, as sentences. */
export function checkNames(
  path: string,
  text: string,
  forbidden: readonly Forbidden[],
): readonly string[] {
  const found = (name: string) => {
    const words = wordsOf(name);
    return forbidden.filter(({ word }) => words.includes(word));
  };
  return [
    ...found(path.replace(/\.\w+$/, "")).map(({ word, instead }) =>
      `${path}: its path contains "${word}"; the glossary says: ${instead}`
    ),
    ...declaredNames(path, text).flatMap(({ name, line }) =>
      found(name).map(({ word, instead }) =>
        `${path}:${line}: the name ${name} contains "${word}"; the glossary says: ${instead}`
      )
    ),
  ];
}

/**
 * The options of a core below the headings of their categories, and those that have the words of a search. Pure.
 *
 * @module
 */
import type { CoreOption } from "../../../protocol/room_commands/core_options.ts";

/** The options of one category; without `category`, those of none. */
export interface OptionGroup {
  readonly category: string | undefined;
  readonly options: readonly CoreOption[];
}

/** The options in groups: those without a category first, the others in the order of their first option. */
export function groupsOf(options: readonly CoreOption[]): readonly OptionGroup[] {
  const groups = new Map<string | undefined, CoreOption[]>([[undefined, []]]);
  for (const option of options) {
    const group = groups.get(option.category);
    if (group) group.push(option);
    else groups.set(option.category, [option]);
  }
  return [...groups].map(([category, options]) => ({ category, options }))
    .filter(({ options }) => options.length > 0);
}

/** Whether an option has these words in its name, its value, its category or its help. */
export function hasWords(option: CoreOption, words: string): boolean {
  const { name, category = "", help = "" } = option;
  const text = `${name} ${labelOf(option, option.value)} ${category} ${help}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** What a choice of an option is called. */
export function labelOf({ choices, labels }: CoreOption, choice: string): string {
  return labels?.[choices.indexOf(choice)] || choice;
}

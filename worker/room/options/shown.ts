/**
 * What a room shows of the options that its core declares, within bounds, and in parts that each fit into a message. Pure.
 *
 * @module
 */
import { pack } from "../../../protocol/msgpack.ts";
import { toPlainText } from "../../../protocol/plain_text.ts";
import {
  type CoreOption as Shown,
  MAX_CATEGORY,
  MAX_CHOICES,
  MAX_HELP,
  MAX_OPTION_NAME,
  MAX_OPTION_TEXT,
  OptionKey,
  OptionValue,
} from "../../../protocol/room_commands/core_options.ts";
import type { CoreOption } from "../../sources/ports.ts";

/** Most options of a core. */
export const MOST_OPTIONS = 256;
/** Most bytes of all of them. */
export const MOST_BYTES = 64 * 1024;
/** Most bytes of one option’s choices, and of the options of one answer. */
const CHOICES_BYTES = 2_000;
const ANSWER_BYTES = 3_700;

/**
 * The options that can be shown: names are cut, choices that are too many or too long are left out, and so is an option
 * whose key or value is no text of one line. Words for choices and help are added while there is room for them.
 */
export function shownOptions(options: readonly CoreOption[]): readonly Shown[] {
  const shown: { declared: CoreOption; option: Shown }[] = [];
  let bytes = 0;
  for (const declared of options) {
    const option = shownOption(declared);
    if (!option) continue;
    bytes += pack(option).length;
    if (shown.length >= MOST_OPTIONS || bytes > MOST_BYTES) break;
    shown.push({ declared, option });
  }
  // Adds further fields to an option where the answer, and all of them together, have room for them.
  const withMore = (option: Shown, further: Partial<Shown>): Shown => {
    const one = { ...option, ...further };
    const [before, after] = [pack(option).length, pack(one).length];
    if (after > ANSWER_BYTES || bytes + after - before > MOST_BYTES) return option;
    bytes += after - before;
    return one;
  };
  return shown.map(({ declared, option }) =>
    withMore(withMore(option, labelsOf(declared, option)), helpOf(declared))
  );
}

/** What an option is at least; `undefined`: it cannot be shown. */
function shownOption(declared: CoreOption): Shown | undefined {
  const { key, value, later } = declared;
  if (!OptionKey.safeParse(key).success || !OptionValue.safeParse(value).success) return undefined;
  const name = toPlainText(declared.name, MAX_OPTION_NAME);
  const category = toPlainText(declared.category?.trim() ?? "", MAX_CATEGORY);
  return {
    key,
    name,
    value,
    choices: choicesOf(declared),
    ...(category && { category }),
    ...(later && { later }),
  };
}

/** What each of the shown choices is called. */
function labelsOf({ choices, labels }: CoreOption, option: Shown): Partial<Shown> {
  if (!labels) return {};
  const names = new Map(
    choices.slice(0, MAX_CHOICES).map((choice, i) => [choice, labels[i]?.trim()]),
  );
  return {
    labels: option.choices.map((choice) =>
      toPlainText(names.get(choice) || choice, MAX_OPTION_TEXT)
    ),
  };
}

function helpOf({ help }: CoreOption): Partial<Shown> {
  const shown = toPlainText(help?.trim() ?? "", MAX_HELP);
  return shown ? { help: shown } : {};
}

/** The name of an option and the words of one of its values, as pages show them. */
export function wordsOf(option: CoreOption, value: string): { name: string; value: string } {
  const label = option.labels?.[option.choices.indexOf(value)]?.trim();
  return {
    name: toPlainText(option.name, MAX_OPTION_NAME),
    value: toPlainText(label || value, MAX_OPTION_TEXT),
  };
}

/** The options after the one of the key `after` that fit into one answer. */
export function optionsAfter(
  options: readonly Shown[],
  after: string | undefined,
): { options: Shown[]; more: boolean } {
  const from = after === undefined ? 0 : options.findIndex(({ key }) => key === after) + 1;
  let bytes = 0;
  const rest = options.slice(from);
  const end = rest.findIndex((each) => (bytes += pack(each).length) > ANSWER_BYTES);
  return { options: end < 0 ? rest : rest.slice(0, end), more: end >= 0 };
}

/** The choices that are shown; the present one is always among them. */
function choicesOf({ choices, value }: CoreOption): string[] {
  let bytes = pack(value).length;
  const fitting = choices.slice(0, MAX_CHOICES - 1).filter((choice) => {
    if (choice === value) return true;
    if (!OptionValue.safeParse(choice).success) return false;
    const more = pack(choice).length;
    const fits = bytes + more <= CHOICES_BYTES;
    if (fits) bytes += more;
    return fits;
  });
  return fitting.includes(value) ? fitting : [...fitting, value];
}

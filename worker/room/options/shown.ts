/**
 * What a room shows of the options that its core declares, within bounds, and in parts that each fit into a message. Pure.
 *
 * @module
 */
import { pack } from "../../../protocol/msgpack.ts";
import { toPlainText } from "../../../protocol/plain_text.ts";
import {
  type CoreOption as Shown,
  MAX_CHOICES,
  MAX_OPTION_NAME,
  OptionKey,
  OptionValue,
} from "../../../protocol/room_commands/core_options.ts";
import type { CoreOption } from "../../sources/ports.ts";

/** Most options of a core. */
export const MOST_OPTIONS = 256;
/** Most bytes of all of them. */
export const MOST_BYTES = 64 * 1024;
/** Most bytes of one option’s choices, and of the options of one answer. */
const CHOICES_BYTES = 2_500;
const ANSWER_BYTES = 3_700;

/**
 * The options that can be shown: names are cut, choices that are too many or too long are left out, and so is an option
 * whose key or value is no text of one line.
 */
export function shownOptions(options: readonly CoreOption[]): readonly Shown[] {
  const shown: Shown[] = [];
  let bytes = 0;
  for (const option of options) {
    const { key, value, later } = option;
    if (!OptionKey.safeParse(key).success || !OptionValue.safeParse(value).success) continue;
    const choices = choicesOf(option);
    const name = toPlainText(option.name, MAX_OPTION_NAME);
    const one = { key, name, value, choices, ...(later && { later }) };
    bytes += pack(one).length;
    if (shown.length >= MOST_OPTIONS || bytes > MOST_BYTES) break;
    shown.push(one);
  }
  return shown;
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

/**
 * The options of a core that go with the state of a room, within bounds: a core is not to be trusted, and neither is a
 * file.
 *
 * @module
 */
import * as z from "zod/mini";
import { OptionKey, OptionValue } from "../../protocol/room_commands/core_options.ts";
import type { StateOptions as Options } from "../sources/ports.ts";

/** Most bytes of the options of one state, as JSON. */
const MOST_BYTES = 4_096;
/** What both parts take without options, in bytes. */
const FRAME_BYTES = 32;

const Values = z.record(OptionKey, OptionValue);

/** The options that a state is of. */
export const StateOptions = z.object({ values: Values, chosen: Values });
export type StateOptions = z.infer<typeof StateOptions>;

/** The options that can be kept, and the keys of those that are left out: they are too long, or too many. */
export function fittingOptions(
  { values, chosen }: Options,
): { readonly options: StateOptions; readonly leftOut: readonly string[] } {
  const leftOut: string[] = [];
  let bytes = FRAME_BYTES;
  const fitting = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).filter(([key, value]) => {
        const isPlain = OptionKey.safeParse(key).success && OptionValue.safeParse(value).success;
        const more = isPlain ? sizeOf([key, value]) : MOST_BYTES;
        const fits = bytes + more <= MOST_BYTES;
        if (fits) bytes += more;
        else leftOut.push(key);
        return fits;
      }),
    );
  return { options: { values: fitting(values), chosen: fitting(chosen) }, leftOut };
}

function sizeOf(option: readonly string[]): number {
  return new TextEncoder().encode(JSON.stringify(option)).length;
}

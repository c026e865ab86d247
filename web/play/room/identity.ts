/**
 * What this browser's person goes by in rooms: a name and a colour, kept in the browser and announced to each room. The
 * driver of a vehicle goes by the same name.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import * as z from "zod/mini";
import { errorText } from "../../../protocol/error_text.ts";
import { toPlainText } from "../../../protocol/plain_text.ts";
import type { Random } from "../../../protocol/random.ts";
import { Colour, COLOURS, MAX_NAME, PersonName } from "../../../protocol/room_state/components.ts";

const Identity = z.object({
  /** Absent until the person has entered one. */
  name: z.optional(PersonName),
  colour: Colour,
});
/** What a person goes by. */
export type KeptIdentity = z.infer<typeof Identity>;

const KEY = "farpad.person";

/** The name and colour of this browser. */
export interface Identities {
  readonly own: ReadonlySignal<KeptIdentity>;
  keep(identity: KeptIdentity): void;
}

/**
 * Storage that cannot be read counts as empty, and gives a colour by chance; with a full one the change lives until the
 * page is closed.
 */
export function createIdentity(
  { storage, random, warn = console.warn }: {
    readonly storage: () => Pick<Storage, "getItem" | "setItem">;
    readonly random: Pick<Random, "unit">;
    readonly warn?: (text: string) => void;
  },
): Identities {
  const own = signal<KeptIdentity>(
    load(storage) ?? { colour: Math.floor(random.unit() * COLOURS) },
  );
  const keep = (identity: KeptIdentity) => {
    own.value = identity;
    try {
      storage().setItem(KEY, JSON.stringify(identity));
    } catch (error) {
      warn(`Cannot keep your name and colour: ${errorText(error)}`);
    }
  };
  return { own, keep };
}

/** The name that a person typed, without what a name must not have; `undefined` when nothing is left. */
export function typedName(text: string): string | undefined {
  return PersonName.safeParse(cleanText(text, MAX_NAME)).data;
}

/** A typed or pasted text without controls and direction overrides, at most `max` UTF-16 units. */
export function cleanText(text: string, max: number): string {
  return toPlainText(text.trim(), max).replaceAll("\ufffd", "").trim();
}

function load(storage: () => Pick<Storage, "getItem">): KeptIdentity | undefined {
  try {
    return Identity.safeParse(JSON.parse(storage().getItem(KEY) ?? "null")).data;
  } catch {
    return undefined;
  }
}

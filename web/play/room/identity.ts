/**
 * What this browser's person goes by in rooms: a name and a colour, kept in the browser and announced to each room. The
 * driver of a vehicle goes by the same name.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import { toPlainText } from "../../../protocol/plain_text.ts";
import type { Random } from "../../../protocol/random.ts";
import { type KeptStorage, openKept } from "../kept_value.ts";
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

/** The name and colour that this browser keeps; a first colour is one by chance. */
export function createIdentity(
  { storage, random, warn }: {
    readonly storage: KeptStorage;
    readonly random: Pick<Random, "unit">;
    readonly warn?: (text: string) => void;
  },
): Identities {
  const usual = () => ({ colour: Math.floor(random.unit() * COLOURS) });
  const name = "your name and colour";
  const kept = openKept<KeptIdentity>({ key: KEY, schema: Identity, usual, name, storage, warn });
  return { own: kept.signal, keep: kept.set };
}

/** The name that a person typed, without what a name must not have; `undefined` when nothing is left. */
export function typedName(text: string): string | undefined {
  return PersonName.safeParse(cleanText(text, MAX_NAME)).data;
}

/** A typed or pasted text without controls and direction overrides, at most `max` UTF-16 units. */
export function cleanText(text: string, max: number): string {
  return toPlainText(text.trim(), max).replaceAll("\ufffd", "").trim();
}

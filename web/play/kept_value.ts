/**
 * A value of this browser's person: read from the browser's storage once, and written there when it changes.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type * as z from "zod/mini";
import { errorText } from "../../protocol/error_text.ts";

/** The part of the browser's storage that is used. It is got anew each time: where it is forbidden, getting it throws. */
export type KeptStorage = () => Pick<Storage, "getItem" | "setItem">;

/** What is kept, and where. */
export interface KeptValueOptions<T> {
  readonly key: string;
  /** What a stored value must be; another one counts as none. */
  readonly schema: z.ZodMiniType<T>;
  /** The value while none is stored. */
  readonly usual: () => T;
  /** What cannot be kept when the storage refuses, such as `the favourites`. */
  readonly name: string;
  readonly storage: KeptStorage;
  readonly warn?: ((text: string) => void) | undefined;
}

/** A kept value. */
export interface KeptValue<T> {
  readonly signal: ReadonlySignal<T>;
  /** Replaces it. With a storage that refuses, the change lives until the page is closed. */
  set(value: T): void;
}

/** Opens a kept value. Storage that cannot be read counts as empty. */
export function openKept<T>(
  { key, schema, usual, name, storage, warn = console.warn }: KeptValueOptions<T>,
): KeptValue<T> {
  const kept = signal(read() ?? usual());
  function read(): T | undefined {
    try {
      return schema.safeParse(JSON.parse(storage().getItem(key) ?? "null")).data;
    } catch {
      return undefined;
    }
  }
  return {
    signal: kept,
    set(value) {
      kept.value = value;
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch (error) {
        warn(`Cannot keep ${name}: ${errorText(error)}`);
      }
    },
  };
}

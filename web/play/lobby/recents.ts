/**
 * What was played on this device, newest first, with a small picture of how it was left.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import * as z from "zod/mini";
import { errorText } from "../../../protocol/error_text.ts";
import { AppId, RoomId } from "../../../protocol/ids.ts";

const Recent = z.object({
  app_id: AppId,
  title: z.string(),
  system: z.string(),
  /** The room it ran in; its state is written when the room is left. */
  room_id: z.optional(RoomId),
  /** Milliseconds since 1970. */
  played_at: z.number(),
  /** A JPEG as a data URL, about 10 kB. */
  picture: z.optional(z.string().check(z.startsWith("data:image/"), z.maxLength(100_000))),
});
/** An app that was played on this device. */
export type Recent = z.infer<typeof Recent>;

const KEY = "farpad.recents";
/** At most this many are kept; the oldest is removed. */
const MOST = 24;

/** The apps that were played on this device, newest first, at most 24. */
export interface Recents {
  readonly list: ReadonlySignal<readonly Recent[]>;
  /** Puts one in front. A picture taken before is kept until there is a newer one. */
  remember(recent: Recent): void;
}

/** Storage that cannot be read counts as empty. When storage is full, the list lasts until the page is closed. */
export function createRecents(
  storage: Pick<Storage, "getItem" | "setItem">,
  warn: (text: string) => void = console.warn,
): Recents {
  const list = signal(load(storage));
  return {
    list,
    remember(recent) {
      const others = list.value.filter(({ app_id }) => app_id !== recent.app_id);
      const before = list.value.find(({ app_id }) => app_id === recent.app_id);
      const picture = recent.picture ?? before?.picture;
      const entry = picture === undefined ? recent : { ...recent, picture };
      list.value = [entry, ...others].slice(0, MOST);
      try {
        storage.setItem(KEY, JSON.stringify(list.value));
      } catch (error) {
        warn(`Cannot remember what was played: ${errorText(error)}`);
      }
    },
  };
}

function load(storage: Pick<Storage, "getItem">): readonly Recent[] {
  try {
    return z.array(Recent).safeParse(JSON.parse(storage.getItem(KEY) ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}

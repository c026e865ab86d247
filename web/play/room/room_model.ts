/**
 * What the views of a room have in common: how far its chat was read, what is new in it, and the publications of the
 * room as toasts.
 *
 * @module
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Game } from "../join/game.ts";
import type { Toaster } from "../../shared/toast.tsx";
import { publicationWords } from "./room_words.ts";
import { type ChatRow, chatRows, type ReadMark, readUpTo, unreadRows } from "./chat.ts";

/** The part of the sheet that is shown; `undefined`: the sheet is closed. */
export type RoomTab = "people" | "chat";

/** The state of the room's sheet. */
export interface RoomModel extends Disposable {
  /** The part that is shown while the sheet is open. */
  readonly tab: ReadonlySignal<RoomTab>;
  readonly lines: ReadonlySignal<readonly ChatRow[]>;
  /** The lines of others that were not read. */
  readonly unread: ReadonlySignal<readonly ChatRow[]>;
  show(tab: RoomTab): void;
  /** The sheet is open, or closed. */
  setOpen(isOpen: boolean): void;
}

/** Follows the room of a game. Disposing it stops that. */
export function createRoomModel(
  game: Pick<Game, "joined" | "media">,
  toaster: Pick<Toaster, "done">,
): RoomModel {
  const tab = signal<RoomTab>("people");
  const open = signal(false);
  const mark = signal<ReadMark | undefined>(undefined);
  const lines = computed(() => game.joined.value ? chatRows(game.joined.value) : []);
  const reading = effect(() => {
    const room = game.joined.value?.room;
    const isRead = open.value && tab.value === "chat";
    if (room) mark.value = readUpTo(mark.peek(), room, { open: isRead });
  });
  const listening = effect(() => {
    const hearing = game.media.value?.room.listen("room.*", (publication) => {
      const joined = game.joined.peek();
      const words = joined && publicationWords(publication, joined);
      if (words) toaster.done(words);
    });
    return () => hearing?.[Symbol.dispose]();
  });
  return {
    tab,
    lines,
    unread: computed(() => unreadRows(lines.value, mark.value)),
    show: (next) => void (tab.value = next),
    setOpen: (isOpen) => void (open.value = isOpen),
    [Symbol.dispose]() {
      reading();
      listening();
    },
  };
}

/**
 * What is being played now and by how many, asked for while the lobby is seen.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type * as z from "zod/mini";
import type { Clock } from "../../../../protocol/clock.ts";
import type { OpenRoom as OpenRoomSchema } from "../../../../protocol/legs/user_leg.ts";

/** A room that is open to this browser. */
export type OpenRoom = z.infer<typeof OpenRoomSchema>;

/** Time between two requests, in milliseconds. */
export const ASK_PERIOD = 5_000;

/** What requests are made with. */
export interface PlayingOptions {
  readonly clock: Clock;
  /** The rooms; `undefined` when they could not be asked for. */
  readonly ask: () => Promise<readonly OpenRoom[] | undefined>;
  /** Whether the page is seen and connected. */
  readonly isSeen: () => boolean;
}

/** The rooms of this moment. Disposing ends the requests. */
export interface Playing extends Disposable {
  /** `undefined` before the first answer. */
  readonly rooms: ReadonlySignal<readonly OpenRoom[] | undefined>;
}

/** Asks at once, and again and again. What cannot be asked for is not shown any longer. */
export function followPlaying({ clock, ask, isSeen }: PlayingOptions): Playing {
  const rooms = signal<readonly OpenRoom[] | undefined>(undefined);
  let state: "open" | "closed" = "open";
  let next: Disposable | undefined;
  async function turn(): Promise<void> {
    if (isSeen()) {
      const found = await ask() ?? [];
      if (state === "closed") return;
      if (JSON.stringify(found) !== JSON.stringify(rooms.value)) rooms.value = found;
    }
    next = clock.after(ASK_PERIOD, () => void turn());
  }
  void turn();
  return {
    rooms,
    [Symbol.dispose]() {
      state = "closed";
      next?.[Symbol.dispose]();
    },
  };
}

/** `1 playing · 2 watching`. */
export function countWords({ playing, watching }: Pick<OpenRoom, "playing" | "watching">): string {
  const words = [playing > 0 && `${playing} playing`, watching > 0 && `${watching} watching`];
  return words.filter(Boolean).join(" · ") || "Nobody there";
}

/** Rooms of games that others play; those of live pictures stand on their own shelf. */
export function roomsOfOthers(
  rooms: readonly OpenRoom[],
  { own, isLive }: { readonly own: string | undefined; readonly isLive: (app: string) => boolean },
): readonly OpenRoom[] {
  return rooms.filter(({ room_id, app_id }) => room_id !== own && !isLive(app_id));
}

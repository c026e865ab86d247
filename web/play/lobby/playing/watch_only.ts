/**
 * Who followed a link to watch gives back the seat that entering a room gives to those who may play.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";

/** What the entered room is known by. */
export interface WatchOnlyOptions {
  /** Whether a room is entered. */
  readonly isIn: ReadonlySignal<boolean>;
  /** Whether the page's address is one to watch; asked once at each entry. */
  readonly wishes: () => boolean;
  readonly leaveSeat: () => void;
}

/** Follows each entry of a room until disposed. */
export function followWatchOnly({ isIn, wishes, leaveSeat }: WatchOnlyOptions): Disposable {
  const end = effect(() => {
    if (isIn.value && wishes()) leaveSeat();
  });
  return { [Symbol.dispose]: end };
}

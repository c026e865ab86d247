/**
 * Going back in the game: second by second while a key or button is held, or by one leap, and the return from that.
 *
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { isRefusal } from "../../../protocol/envelope.ts";
import type { JoinedRoom, RoomLane } from "../media/room_lane.ts";
import { refusalToast } from "../words/refusals.ts";

/** Time between two steps while it is held, in milliseconds: below the requests that a room allows a second. */
export const STEP_PERIOD = 200;
/** Steps that are further apart are not added up, in milliseconds: the game has gone on between them. */
export const TOGETHER = 700;
/** How long the distance and the offer to return stay, in milliseconds. */
export const STAY = 5_000;
/** A key that is held for longer sends no step any more, in milliseconds: the release may be lost. */
export const LONGEST = 20_000;

interface RewindPorts {
  readonly clock: Clock;
  readonly media: ReadonlySignal<{ readonly room: Pick<RoomLane, "ask"> } | undefined>;
  readonly joined: ReadonlySignal<Pick<JoinedRoom, "room"> | undefined>;
  readonly toaster: { refused(text: string): void };
}

/** The rewinds of this page's person. Disposing ends one that is under way. */
export class Rewind implements Disposable {
  readonly #ports: RewindPorts;
  readonly #gone = signal<number | undefined>(undefined);
  #held: { readonly since: Millis } | undefined;
  #isAsking = false;
  #newest = 0;
  #next: Disposable | undefined;
  #fade: Disposable | undefined;

  constructor(ports: RewindPorts) {
    this.#ports = ports;
  }

  /** How far the person has just gone back, in seconds of play; `undefined`: it did not. */
  get gone(): ReadonlySignal<number | undefined> {
    return this.#gone;
  }

  /** Whether the game can go back. */
  readonly canGo = computed(() => {
    const rewind = this.#ports.joined.value?.room.rewind;
    return rewind !== undefined && rewind.off === undefined;
  });

  /** Whether the game can return to where it was before it went back. */
  readonly canUndo = computed(() => this.#ports.joined.value?.room.rewind?.undo === true);

  /** The key or button is pressed: goes back a second, and again until it is released. */
  press(): void {
    if (this.#held) return;
    this.#held = { since: this.#ports.clock.now() };
    this.#step();
  }

  /** The key or button is released. */
  release(): void {
    this.#held = undefined;
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }

  /** Goes back by at least so many seconds. */
  async back(seconds: number): Promise<void> {
    const room = this.#ports.media.peek()?.room;
    if (!room || this.#isAsking) return;
    this.#isAsking = true;
    const answer = await room.ask("app.rewind", { seconds });
    this.#isAsking = false;
    if (isRefusal(answer)) {
      this.release();
      return this.#ports.toaster.refused(refusalToast(answer.error));
    }
    const now = this.#ports.clock.now();
    const before = now - this.#newest <= TOGETHER + STEP_PERIOD ? this.#gone.peek() ?? 0 : 0;
    this.#newest = now;
    this.#show(before + answer.seconds);
  }

  /** Returns to where the game was before it went back. */
  async undo(): Promise<void> {
    this.#show(undefined);
    const answer = await this.#ports.media.peek()?.room.ask("app.undo_rewind", {});
    if (isRefusal(answer)) this.#ports.toaster.refused(refusalToast(answer.error));
  }

  [Symbol.dispose](): void {
    this.release();
    this.#fade?.[Symbol.dispose]();
  }

  #step(): void {
    const { clock } = this.#ports;
    if (!this.#held || clock.now() - this.#held.since > LONGEST) return this.release();
    this.#next = clock.after(STEP_PERIOD, () => this.#step());
    void this.back(1);
  }

  #show(gone: number | undefined): void {
    this.#gone.value = gone;
    this.#fade?.[Symbol.dispose]();
    this.#fade = gone === undefined
      ? undefined
      : this.#ports.clock.after(STAY, () => (this.#gone.value = undefined));
  }
}

/**
 * Keeps a source's states of the last 30 s that were played, and puts the source back into one of them. Time is counted
 * in frames: a pause takes none. A load or a start over is a moment like any other, which one can go back beyond, unless
 * the game was loaded anew.
 *
 * @module
 */
import type { Source } from "../../sources/ports.ts";
import type { RewindLack, RewindStatus, WentBack } from "./ports.ts";
import { type FramedState, StateRing } from "./state_ring.ts";

/** The largest state that is kept, in bytes: taking a larger one takes long enough to be seen. */
export const MAX_STATE = 1024 * 1024;
/** Memory of the states of a room, in bytes. With the newest state and the one before a rewind: 2 MiB more. */
export const RING_BYTES = 16 * 1024 * 1024;
/** How far one can go back, in seconds. */
export const REACH = 30;
/** After so many seconds of play there is no return to where the source was before it went back. */
export const UNDO_REACH = 30;

/** The source, and who is to know whether it can go back. */
interface RewinderOptions {
  readonly source: Pick<Source, "info" | "snapshot" | "load" | "loads">;
  /** The status is different. */
  readonly changed: (status: RewindStatus) => void;
}

/** Takes a source back. Its owner reports each step. */
export class Rewinder {
  readonly #options: RewinderOptions;
  readonly #ring = new StateRing({ states: REACH + 1, bytes: RING_BYTES });
  #status: RewindStatus | undefined;
  /** States are too large: no further one is taken. */
  #isOver = false;
  /** As the source had it when the states were taken. */
  #loads: number | undefined;
  /** Frames that were played; less after the source went back. */
  #frame = 0;
  /** Where the source was before it went back, and the frame that it went back to. */
  #before: (FramedState & { readonly target: number }) | undefined;
  /** Whether nothing was played since the source went back: then a further step belongs to the same rewind. */
  #stands = false;

  constructor(options: RewinderOptions) {
    this.#options = options;
    this.#loads = options.source.loads;
  }

  /** The source has advanced by a frame. */
  stepped(): void {
    this.#stands = false;
    this.#frame += 1;
    if (this.#before && this.#frame - this.#before.target > UNDO_REACH * this.#rate) {
      this.#before = undefined;
      this.#report();
    }
    if (this.#frame % this.#rate === 0) this.#take();
  }

  /**
   * The source was loaded or started over: there is no return to before a rewind any more, and none to states that were
   * taken before the game was loaded anew.
   */
  jumped(): void {
    const { loads } = this.#options.source;
    if (loads !== this.#loads) {
      this.#ring.clear();
      this.#isOver = false;
    }
    this.#loads = loads;
    this.#stands = false;
    this.#before = undefined;
    // Before the first state is asked for nobody knows whether the source has any.
    if (this.#status) this.#report();
  }

  /** Puts the source back by at least `seconds` of play, or as far as states are kept. */
  back(seconds: number): WentBack | { readonly error: string } {
    const { source } = this.#options;
    if (this.#ring.oldest === undefined) return { error: this.#whyNone() };
    if (this.#ring.oldest >= this.#frame) return { seconds: 0 };
    const before = this.#stands ? this.#before : this.#present();
    const found = this.#ring.find(this.#frame - seconds * this.#rate)!;
    if (!source.load(found.state)) {
      return { error: "Cannot go back: the core does not take its own state" };
    }
    this.#ring.back(found.frame);
    const gone = this.#frame - found.frame;
    this.#frame = found.frame;
    this.#stands = true;
    this.#before = before && { ...before, target: found.frame };
    this.#report();
    return { seconds: this.#inSeconds(gone) };
  }

  /** Puts the source where it was before it went back. What was played since is lost. */
  undo(): WentBack | { readonly error: string } {
    const before = this.#before;
    if (!before) return { error: "Cannot return: nothing was rewound in the last 30 s of play" };
    if (!this.#options.source.load(before.state)) {
      return { error: "Cannot return: the core does not take its own state" };
    }
    // States of what is undone are dropped; those before the rewind are gone, and leave a gap.
    this.#ring.back(before.target);
    this.#frame = before.frame;
    this.#before = undefined;
    this.#stands = false;
    this.#report();
    return { seconds: this.#inSeconds(before.frame - before.target) };
  }

  /** At least the smallest part that is shown, so that 0 means that the source stayed where it was. */
  #inSeconds(frames: number): number {
    return Math.max(0.1, Math.round(frames / this.#rate * 10) / 10);
  }

  /** Frames of a second. */
  get #rate(): number {
    return Math.max(1, Math.round(this.#options.source.info.frameRate));
  }

  #take(): void {
    if (this.#isOver) return;
    const state = this.#options.source.snapshot?.();
    if (!state) return this.#report();
    if (state.length > MAX_STATE) {
      this.#isOver = true;
      this.#before = undefined;
      this.#ring.clear();
    } else this.#ring.push({ frame: this.#frame, state });
    this.#report();
  }

  #present(): (FramedState & { target: number }) | undefined {
    const state = this.#options.source.snapshot?.();
    return state && { frame: this.#frame, state, target: this.#frame };
  }

  get #lack(): RewindLack {
    return this.#isOver ? "too_large" : "no_state";
  }

  #whyNone(): string {
    return this.#lack === "too_large"
      ? `Cannot go back: the states of this game are larger than ${MAX_STATE / 1024} KiB`
      : "Cannot go back: there is no earlier state of this game";
  }

  #report(): void {
    const status: RewindStatus = this.#ring.oldest === undefined
      ? { state: "off", why: this.#lack }
      : { state: "on", undo: this.#before !== undefined };
    const isSame = status.state === "on"
      ? this.#status?.state === "on" && this.#status.undo === status.undo
      : this.#status?.state === "off" && this.#status.why === status.why;
    if (isSame) return;
    this.#status = status;
    this.#options.changed(status);
  }
}

/**
 * Saves the state of a room by itself: every few seconds while it runs, when its last viewer has gone and when it
 * closes; and restores it in a later room that continues from it. Players request neither, so a failure does not end the
 * room: it is logged once, shown to everybody in the room and tried again each period, also while the room is paused. Writes follow one another, so that an older state never replaces a newer one.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import { storageReason } from "../../protocol/disk/storage_fault.ts";
import type { AppId, RoomId } from "../../protocol/ids.ts";
import type { App, BeganAnew, EndReason } from "../../protocol/legs/room.ts";
import type { Log } from "../../protocol/log.ts";
import { toPlainText } from "../../protocol/plain_text.ts";
import { MAX_OPTION_NAME } from "../../protocol/room_commands/core_options.ts";
import type { Unsaved } from "../../protocol/room_state/components.ts";
import type { Playback } from "../playback/playback.ts";
import { whyForeign } from "../saves/core_check.ts";
import { type SaveHead, UnreadableSave } from "../saves/save_file.ts";
import type { LoadedSave, Saves } from "../saves/saves.ts";
import { fittingOptions } from "../saves/state_options.ts";
import type { SavedState } from "../playback/source_handle.ts";

/** A closing room waits at most this long until its state is written, in milliseconds. */
export const SAVE_LIMIT = 2_000;
/** Time between two saves of a room that runs, in milliseconds; longer where states are large. */
export const AUTOSAVE_PERIOD = 10_000;
/** Every how many periods a room saves whose states are larger than {@linkcode SMALL}. */
const LARGE_PERIODS = 6;
/** States of at most so many bytes are saved every period: taking one costs less than a frame. */
const SMALL = 1024 * 1024;
/** Ends after which no state is saved, because the source cannot be read any more or has no state. */
const WITHOUT_SAVE: readonly EndReason[] = ["crashed", "stalled", "failed", "source_ended"];

/** The running app of a room. */
export interface Playing {
  readonly app: App;
  readonly playback: Playback;
}

/** Whether a room goes on at its state, why it begins anew, or that its saves cannot be reached. */
export type Restoring = "restored" | BeganAnew | "unreachable";

/** The dependencies of an autosave. */
export interface AutosavePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** The room; `generation`: how often it was moved to another worker. */
  readonly room: () => { readonly id: RoomId; readonly generation: number };
  /** The saves that the room's state belongs to; `undefined`: it is not saved. */
  readonly saves: () => Saves | undefined;
  /** What is saved every few seconds; `undefined`: nothing. */
  readonly playing: () => Playing | undefined;
  /** {@linkcode Autosave.unsaved} is different. */
  readonly changed: () => void;
}

/** How a room began whose state was to be restored. */
export interface Beginning {
  /** How old the state was, in milliseconds; `undefined`: none was restored. */
  readonly age?: number;
  readonly beganAnew?: BeganAnew;
}

/** Saves and restores the state of one room. Disposing ends the saves of a room that runs. */
export class Autosave implements Disposable {
  readonly #ports: AutosavePorts;
  readonly #timer: Disposable;
  /** The write of the source's present state; `undefined` when the source has run since the last write. */
  #written: Promise<void> | undefined;
  /** The newest write; it never rejects. */
  #newest: Promise<void> = Promise.resolve();
  #writing = 0;
  /** Size of the newest state, in bytes. */
  #size = 0;
  #periods = 0;
  /** How many choices of options the newest state has. */
  #choices = 0;
  /** Whether options that cannot be kept were logged. */
  #isCut = false;
  #restored: Beginning | undefined;
  #unsaved: Unsaved | undefined;

  constructor(ports: AutosavePorts) {
    this.#ports = ports;
    this.#timer = every(ports.clock, AUTOSAVE_PERIOD, () => this.#tick());
  }

  /** What came of {@linkcode restore}. */
  get restored(): Beginning | undefined {
    return this.#restored;
  }

  /** Since when the state is not kept, and why; `undefined` while it is. */
  get unsaved(): Unsaved | undefined {
    return this.#unsaved;
  }

  /** The source runs again, so the saved state is not its newest any more. */
  resumed(): void {
    this.#written = undefined;
  }

  /** Saves the state, unless the source has not run since the last save. Never rejects. */
  write(playing: Playing): Promise<void> {
    return this.#written ??= this.#enqueue(playing);
  }

  /** Saves the state of a room that closes for `reason`, within {@linkcode SAVE_LIMIT}. Never rejects. */
  async close(playing: Playing, reason: EndReason): Promise<void> {
    if (WITHOUT_SAVE.includes(reason)) return;
    const late = Promise.withResolvers<void>();
    using _limit = this.#ports.clock.after(SAVE_LIMIT, late.resolve);
    await Promise.race([this.write(playing), late.promise]);
  }

  /** Puts the source into the state of `room` among `saves`, with its options, or lets it begin anew. Never rejects. */
  async restore(
    playing: Playing,
    { room, saves }: { readonly room: RoomId; readonly saves: Saves },
  ): Promise<Restoring> {
    const { clock, log } = this.#ports;
    let save: LoadedSave | undefined;
    try {
      save = await saves.ofRoom(playing.app.app_id, room);
    } catch (error) {
      log.warn("room state not restored", { room, error });
      if (!(error instanceof UnreadableSave)) return "unreachable";
      return this.#begin({ beganAnew: "unusable" });
    }
    const why = save ? await this.#load(playing.playback, save) : "no_state" as const;
    if (why) return this.#begin({ beganAnew: why });
    const at = save?.head?.saved_at;
    return this.#begin(at === undefined ? {} : { age: Math.max(0, clock.epoch() - at) });
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #begin(restored: Beginning): Restoring {
    this.#restored = restored;
    return restored.beganAnew ?? "restored";
  }

  /** Why a state is not loaded. */
  async #load(playback: Playback, { head, state }: LoadedSave): Promise<BeganAnew | undefined> {
    const { log } = this.#ports;
    const foreign = whyForeign(head?.core, playback.info?.core);
    const error = foreign ?? (await playback.load(state, head?.options)).error;
    if (error === undefined) return undefined;
    log.warn("room state not restored", { error });
    if (foreign !== undefined) return "foreign";
    // A core may have taken a part of what it refused.
    await playback.reset();
    return "unusable";
  }

  #tick(): void {
    const playing = this.#ports.playing();
    if (!playing || this.#writing > 0) return;
    const isChosen = playing.playback.choices !== this.#choices;
    if (!playing.playback.isRunning && !this.#unsaved && !isChosen) return;
    this.#periods += 1;
    if (this.#size > SMALL && this.#periods % LARGE_PERIODS !== 0 && !isChosen) return;
    void this.#enqueue(playing);
  }

  #enqueue(playing: Playing): Promise<void> {
    this.#writing += 1;
    this.#newest = this.#newest.then(() => this.#write(playing)).finally(() => this.#writing -= 1);
    return this.#newest;
  }

  async #write({ app, playback }: Playing): Promise<void> {
    const { clock } = this.#ports;
    const saves = this.#ports.saves();
    if (!saves) return;
    const { choices } = playback;
    try {
      const answer = await playback.save();
      this.#choices = choices;
      if ("error" in answer) return this.#noState(app.app_id, answer.error);
      const { memoryFault, ...saved } = answer;
      this.#size = saved.state.length;
      const { id, generation } = this.#ports.room();
      const about = { at: clock.epoch(), core: playback.info?.core, generation };
      const options = this.#fitting(saved.options);
      await saves.writeRoom(app.app_id, id, { ...saved, ...about, options });
      if (memoryFault === undefined) return this.#kept();
      this.#written = undefined;
      this.#notKept(app.app_id, { why: memoryFault, what: "memory" });
    } catch (error) {
      this.#written = undefined;
      this.#notKept(app.app_id, { why: storageReason(error) }, error);
    }
  }

  #fitting(all: SavedState["options"]): SaveHead["options"] {
    if (!all) return undefined;
    const { options, leftOut } = fittingOptions(all);
    if (leftOut.length > 0 && !this.#isCut) {
      this.#isCut = true;
      this.#ports.log.warn("options not saved with the room's state", {
        count: leftOut.length,
        first: toPlainText(leftOut[0]!, MAX_OPTION_NAME),
      });
    }
    return options;
  }

  /** Most sources that give no state cannot give one at all: only of one that has is anything lost. */
  #noState(app: AppId, error: string): void {
    if (this.#size === 0) return this.#ports.log.debug("room state not saved", { error });
    this.#written = undefined;
    this.#notKept(app, { why: "no_state" }, error);
  }

  #kept(): void {
    if (!this.#unsaved) return;
    const { clock, log, changed } = this.#ports;
    log.info("room state saved again", { after_ms: clock.epoch() - this.#unsaved.since });
    this.#unsaved = undefined;
    changed();
  }

  #notKept(app: AppId, fault: Omit<Unsaved, "since">, error?: unknown): void {
    const { clock, log, changed } = this.#ports;
    const before = this.#unsaved;
    if (before?.why === fault.why && before.what === fault.what) return;
    log.warn("room state not saved", { app, ...fault, error });
    this.#unsaved = { since: before?.since ?? clock.epoch(), ...fault };
    changed();
  }
}

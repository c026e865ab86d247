import type { Picture } from "../../media/ports.ts";
import { SharedControl } from "../../worker/playback/shared_control.ts";
import type {
  OpenSourceOptions,
  SavedState,
  SourceHandle,
} from "../../worker/playback/source_handle.ts";
import type {
  CoreOption,
  OptionOutcome,
  SourceInfo,
  StateOptions,
} from "../../worker/sources/ports.ts";

export const FAKE_INFO: SourceInfo = {
  frameRate: 60,
  sampleRate: 48_000,
  width: 256,
  height: 240,
  aspect: 4 / 3,
  players: 2,
};

/** A source without a thread: a test plays it through `options.listener`. */
export class FakeSourceHandle implements SourceHandle {
  readonly control = new SharedControl();
  readonly deeds: string[] = [];
  disposed = false;

  constructor(readonly options: OpenSourceOptions) {}

  reset(): Promise<{ error?: string }> {
    this.deeds.push("reset");
    return Promise.resolve({});
  }

  /** The options that its states are of. */
  ofState: StateOptions | undefined;

  save(): Promise<SavedState> {
    this.deeds.push("save");
    const state = Uint8Array.of(1, 2, 3);
    return Promise.resolve({ state, ...(this.ofState && { options: this.ofState }) });
  }

  picture(): Promise<Picture> {
    this.deeds.push("picture");
    const data = Uint8Array.of(1, 2, 3, 4);
    return Promise.resolve({ width: 1, height: 1, format: "xrgb8888", stride: 4, data });
  }

  /** Whether it takes no state. */
  refuses = false;

  load(state: Uint8Array, options?: StateOptions): Promise<{ error?: string }> {
    this.deeds.push(`load ${state.toHex()}${options ? ` of ${JSON.stringify(options)}` : ""}`);
    return Promise.resolve(this.refuses ? { error: "It does not fit this game" } : {});
  }

  /** How far it goes back at each step, in seconds; `undefined`: it cannot. */
  reach: number | undefined = 1;

  rewind(seconds: number): Promise<{ seconds: number } | { error: string }> {
    this.deeds.push(`rewind ${seconds}`);
    return Promise.resolve(
      this.reach === undefined ? { error: "No state" } : { seconds: seconds * this.reach },
    );
  }

  undoRewind(): Promise<{ seconds: number } | { error: string }> {
    this.deeds.push("undo");
    return Promise.resolve(this.reach === undefined ? { error: "No state" } : { seconds: 5 });
  }

  /** What the core declares. */
  declared: CoreOption[] = [];

  coreOptions(): Promise<readonly CoreOption[]> {
    return Promise.resolve([...this.declared]);
  }

  setCoreOption(key: string, value: string): Promise<OptionOutcome> {
    const at = this.declared.findIndex((option) => option.key === key);
    const found = this.declared[at];
    if (!found) return Promise.resolve("unknown");
    if (!found.choices.includes(value)) return Promise.resolve("no_choice");
    this.declared[at] = { ...found, value };
    return Promise.resolve("set");
  }

  [Symbol.dispose](): void {
    this.disposed = true;
  }
}

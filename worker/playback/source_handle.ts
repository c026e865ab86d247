/**
 * The main isolate's end of a source thread: it opens the source, sends requests to it, and closes it. Every request
 * gets an answer, also when the source ends before.
 *
 * @module
 */
import type { EncodedAudio, Picture } from "../../media/ports.ts";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import type { Motors } from "../../protocol/rumble/motors.ts";
import type { LayerFrame } from "../sending/layers/ports.ts";
import type {
  CoreOption,
  OptionOutcome,
  SourceInfo,
  SourceSpec,
  StateOptions,
  SteppedSpec,
} from "../sources/ports.ts";
import type { RewindStatus, WentBack } from "./rewind/ports.ts";
import { SharedControl } from "./shared_control.ts";
import type { Done, FromThread, ThreadStats, ToThread, VideoSettings } from "./thread_protocol.ts";

/** Reports of a source to its room. */
export interface SourceListener {
  /** The source is open and can run. */
  opened(info: SourceInfo): void;
  /** The source could not be opened, or failed while running; `error` is a sentence. The thread has ended. */
  failed(error: string): void;
  /** The source's rates or size changed. */
  info(info: SourceInfo): void;
  /** Whether the source can go back is different. */
  rewind(status: RewindStatus): void;
  /** The motors of a seat's gamepad are to turn like this. */
  rumble(seat: number, motors: Motors): void;
  /** A picture was encoded. */
  frame(frame: LayerFrame): void;
  /** Sound was encoded, in packets of 10 ms. */
  sound(packets: readonly EncodedAudio[]): void;
  /** The figures of the last second. */
  stats(stats: ThreadStats): void;
}

/** How a state is saved. */
export interface SaveOptions {
  /** With the newest picture, which takes the source's thread some milliseconds. */
  readonly picture?: boolean;
}

/** The state of a source. */
export interface SavedState {
  readonly state: Uint8Array<ArrayBuffer>;
  /** The newest picture, small, as PNG. */
  readonly picture?: Uint8Array<ArrayBuffer>;
  /** The options that it is of; absent: the source has none. */
  readonly options?: StateOptions;
  /** Why the cartridge's memory is not kept. Absent: it is, or there is none. */
  readonly memoryFault?: StorageReason;
}

/**
 * A running source. `error` of an answer is a sentence that says why the request failed. Disposing closes the source.
 */
export interface SourceHandle extends Disposable {
  /** The numbers that are shared with the source's thread. */
  readonly control: SharedControl;
  /** Restarts the app. */
  reset(): Promise<{ readonly error?: string }>;
  /** The source's whole state. */
  save(options?: SaveOptions): Promise<SavedState | { readonly error: string }>;
  /** The newest picture; `undefined`: there is none. */
  picture(): Promise<Picture | undefined>;
  /**
   * Puts the source into a saved state, with the options that it is of, if they are given. When such a state cannot be
   * loaded the source begins anew.
   */
  load(state: Uint8Array, options?: StateOptions): Promise<{ readonly error?: string }>;
  /** Goes back by at least so many seconds of play, or as far as states are kept, and draws the picture of then. */
  rewind(seconds: number): Promise<WentBack | { readonly error: string }>;
  /** Returns to where the source was before it went back. */
  undoRewind(): Promise<WentBack | { readonly error: string }>;
  /** The options of its core; absent where it has none. */
  coreOptions?(): Promise<readonly CoreOption[] | { readonly error: string }>;
  /** Chooses the value of an option, for as long as the source is open. */
  setCoreOption?(key: string, value: string): Promise<OptionOutcome | { readonly error: string }>;
}

/** The source to open, its video settings, and the listener of its reports. */
export interface OpenSourceOptions<Spec extends SourceSpec = SourceSpec> {
  readonly spec: Spec;
  readonly video: VideoSettings;
  readonly listener: SourceListener;
}

/** Opens a source. The outcome is reported to the listener. */
export type OpenSource = (options: OpenSourceOptions) => SourceHandle;

/** A source in a thread of its own. */
export interface SourceThread extends SourceHandle {
  /** Resolves when the thread has ended: it was closed and its battery-backed memory is written, or it failed. */
  readonly closed: Promise<void>;
}

/** Opens a source in a thread. The outcome is reported to the listener. */
export type OpenStepped = (options: OpenSourceOptions<SteppedSpec>) => SourceThread;

/** Returns a function that opens each source in its own thread. The first thread starts and warms up at once. */
export function sourceThreads(): OpenStepped {
  let warm: Worker | undefined = startThread();
  return (options) => {
    const thread = warm ?? startThread();
    warm = undefined;
    return openIn(thread, options);
  };
}

function startThread(): Worker {
  return new Worker(new URL("./source_thread.ts", import.meta.url), { type: "module" });
}

function openIn(
  thread: Worker,
  { spec, video, listener }: OpenSourceOptions<SteppedSpec>,
): SourceThread {
  const control = new SharedControl();
  const waiting = new Map<number, (done: Done) => void>();
  const closed = Promise.withResolvers<void>();
  let nextRequest = 1;
  let over = false;

  thread.onmessage = ({ data }: MessageEvent<FromThread>) => receive(data);
  thread.onerror = (event) => {
    event.preventDefault();
    end();
    listener.failed(`The source ended with an error: ${event.message}`);
  };
  send({ type: "open", spec, video, control: control.buffer });

  function receive(message: FromThread): void {
    if (over) return;
    switch (message.type) {
      case "opened":
        return listener.opened(message.info);
      case "failed":
        end();
        return listener.failed(message.error);
      case "info":
        return listener.info(message.info);
      case "rewind":
        return listener.rewind(message.status);
      case "rumble":
        return listener.rumble(message.seat, message.motors);
      case "frame":
        return listener.frame(message.frame);
      case "sound":
        return listener.sound(message.packets);
      case "stats":
        return listener.stats(message.stats);
      case "done":
        waiting.get(message.request)?.(message);
        return void waiting.delete(message.request);
      case "closed":
        return end();
    }
  }

  function send(message: ToThread): void {
    thread.postMessage(message);
    control.announceMessage();
  }

  function request(make: (id: number) => ToThread): Promise<Done> {
    const id = nextRequest++;
    if (over) return Promise.resolve({ type: "done", request: id, error: "The source has ended" });
    send(make(id));
    return new Promise((resolve) => waiting.set(id, resolve));
  }

  function end(): void {
    if (over) return;
    over = true;
    for (const [request, resolve] of waiting) {
      resolve({ type: "done", request, error: "The source ended before it answered" });
    }
    waiting.clear();
    thread.terminate();
    closed.resolve();
  }

  return {
    control,
    closed: closed.promise,
    reset: () => request((id) => ({ type: "reset", request: id })),
    load: (state, options) => request((id) => ({ type: "load", request: id, state, options })),
    rewind: async (seconds) =>
      went(await request((id) => ({ type: "rewind", request: id, seconds }))),
    undoRewind: async () => went(await request((id) => ({ type: "undo_rewind", request: id }))),
    async coreOptions() {
      const { options, error = "" } = await request((id) => ({ type: "options", request: id }));
      return options ?? { error };
    },
    async setCoreOption(key, value) {
      const { option, error = "" } = await request((id) => ({
        type: "set_option",
        request: id,
        key,
        value,
      }));
      return option ?? { error };
    },
    picture: async () => (await request((id) => ({ type: "picture", request: id }))).raw,
    async save({ picture: isShown = false } = {}) {
      const done = await request((id) => ({ type: "save", request: id, picture: isShown }));
      const { state, picture, ofState: options, memoryFault } = done;
      if (!state) return { error: done.error ?? "This source cannot save its state" };
      return {
        state,
        ...(picture && { picture }),
        ...(options && { options }),
        ...(memoryFault && { memoryFault }),
      };
    },
    [Symbol.dispose]() {
      if (!over) send({ type: "close" });
    },
  };
}

function went({ seconds, error }: Done): WentBack | { readonly error: string } {
  return seconds === undefined ? { error: error ?? "This source cannot go back" } : { seconds };
}

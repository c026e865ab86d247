/**
 * The messages between a room's main isolate and its source thread. Both are one program, so these are types and not
 * schemas. Frequent small values are shared in `shared_control.ts`.
 *
 * @module
 */
import type { EncodedAudio, Hardware, Picture } from "../../media/ports.ts";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import type { Motors } from "../../protocol/rumble/motors.ts";
import type { Layer, LayerFrame } from "../sending/layers/ports.ts";
import type {
  CoreOption,
  OptionOutcome,
  SourceInfo,
  StateOptions,
  SteppedSpec,
} from "../sources/ports.ts";
import type { RewindStatus } from "./rewind/ports.ts";

/** How the pictures of a source are encoded. */
export interface VideoSettings {
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
  /** What encodes H.264; software when absent. */
  readonly hardware?: Hardware;
}

/** Messages to the thread. `request` numbers the requests; the answer is a `done` with the same number. */
export type ToThread =
  /** The first message. `control`: the memory of `shared_control.ts`. */
  | {
    readonly type: "open";
    readonly spec: SteppedSpec;
    readonly video: VideoSettings;
    readonly control: SharedArrayBuffer;
  }
  | { readonly type: "reset"; readonly request: number }
  | { readonly type: "save"; readonly request: number; readonly picture: boolean }
  /** Answered with `raw`, a copy of the newest picture. */
  | { readonly type: "picture"; readonly request: number }
  /** `options`: those that the state is of, with which the source starts. */
  | {
    readonly type: "load";
    readonly request: number;
    readonly state: Uint8Array;
    readonly options?: StateOptions | undefined;
  }
  /** Goes back by at least so many seconds of play; answered with `seconds`. */
  | { readonly type: "rewind"; readonly request: number; readonly seconds: number }
  /** Returns to where the source was before it went back; answered with `seconds`. */
  | { readonly type: "undo_rewind"; readonly request: number }
  /** Answered with `options`. */
  | { readonly type: "options"; readonly request: number }
  /** Chooses the value of an option; answered with `option`. */
  | {
    readonly type: "set_option";
    readonly request: number;
    readonly key: string;
    readonly value: string;
  }
  /** Close the source and end; the last message. */
  | { readonly type: "close" };

/** Mean times of a picture of a layer in milliseconds; `undefined` when none was encoded. */
export interface LayerTimes {
  readonly convertMs: number | undefined;
  readonly encodeMs: number | undefined;
}

/** The figures of a source thread for one second. */
export interface ThreadStats {
  /** Mean time in which the source made a picture, in milliseconds; `undefined` when it made none. */
  readonly captureMs: number | undefined;
  readonly layers: Readonly<Record<Layer, LayerTimes>>;
  /** Steps taken a second. */
  readonly frameRate: number;
  /** Frames skipped because the machine was late. */
  readonly skipped: number;
}

/** The answer to a request. */
export type Done = Extract<FromThread, { type: "done" }>;

/** Messages of the thread. `failed` and `closed` are its last. */
export type FromThread =
  | { readonly type: "opened"; readonly info: SourceInfo }
  | { readonly type: "failed"; readonly error: string }
  | { readonly type: "info"; readonly info: SourceInfo }
  | { readonly type: "rewind"; readonly status: RewindStatus }
  | { readonly type: "rumble"; readonly seat: number; readonly motors: Motors }
  | { readonly type: "frame"; readonly frame: LayerFrame }
  | { readonly type: "sound"; readonly packets: readonly EncodedAudio[] }
  | { readonly type: "stats"; readonly stats: ThreadStats }
  | {
    readonly type: "done";
    readonly request: number;
    /** For `save`, the state; for `load`, present when the state was loaded. */
    readonly state?: Uint8Array<ArrayBuffer>;
    /** For `save`, the newest picture, small, as PNG. */
    readonly picture?: Uint8Array<ArrayBuffer>;
    /** For `save`, the options that the state is of. */
    readonly ofState?: StateOptions;
    /** For `save`, why the cartridge's memory is not kept. */
    readonly memoryFault?: StorageReason;
    /** For `picture`. */
    readonly raw?: Picture;
    /** For `rewind` and `undo_rewind`: how far the source went. */
    readonly seconds?: number;
    readonly options?: readonly CoreOption[];
    readonly option?: OptionOutcome;
    readonly error?: string;
  }
  | { readonly type: "closed" };

/**
 * What a room's main isolate and its source thread say to each other. Both are one program, so these are types;
 * what crosses often and small crosses in `shared_control.ts`.
 *
 * @module
 */
import type { EncodedAudio, EncodedFrame } from "../../media/ports.ts";
import type { SourceInfo, SteppedSpec } from "../sources/ports.ts";

export interface VideoSettings {
  /** Small pictures are scaled up to at least this height, in pixels. */
  readonly targetHeight: number;
}

export type ToThread =
  | {
    readonly type: "open";
    readonly spec: SteppedSpec;
    readonly video: VideoSettings;
    readonly control: SharedArrayBuffer;
  }
  | { readonly type: "reset"; readonly request: number }
  | { readonly type: "save"; readonly request: number }
  | { readonly type: "load"; readonly request: number; readonly state: Uint8Array }
  | { readonly type: "close" };

/** What the thread did in the last second. */
export interface ThreadStats {
  /** Median time to convert and encode a picture, in milliseconds. */
  readonly encodeMs: number;
  /** Steps taken a second. */
  readonly frameRate: number;
  /** Frames skipped because the machine was late. */
  readonly skipped: number;
}

export type FromThread =
  | { readonly type: "opened"; readonly info: SourceInfo }
  | { readonly type: "failed"; readonly error: string }
  | { readonly type: "info"; readonly info: SourceInfo }
  | { readonly type: "frame"; readonly frame: EncodedFrame }
  | { readonly type: "sound"; readonly packets: readonly EncodedAudio[] }
  | { readonly type: "stats"; readonly stats: ThreadStats }
  | {
    readonly type: "done";
    readonly request: number;
    /** The saved state; for `load`, present when it was taken. */
    readonly state?: Uint8Array<ArrayBuffer>;
    readonly error?: string;
  }
  | { readonly type: "closed" };

/**
 * What a room's main isolate and its ingest thread say to each other. Both are one program, so these are types;
 * what crosses often and small crosses in `shared_control.ts`.
 *
 * @module
 */
import type { EncodedAudio, EncodedFrame } from "../../media/ports.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { IngestSpec, SourceInfo } from "../sources/ports.ts";

/** What comes in, once a second; viewers and destinations are known elsewhere. */
export type InputStats = Omit<IngestStats, "stream_id" | "viewers" | "egress">;

export type ToIngest =
  | {
    readonly type: "open";
    readonly spec: IngestSpec;
    readonly control: SharedArrayBuffer;
    /** Small pictures are scaled up to at least this height when they are transcoded, in pixels. */
    readonly targetHeight: number;
  }
  /** Whether the transport packets are wanted besides. */
  | { readonly type: "tee"; readonly state: "on" | "off" };

export type FromIngest =
  | { readonly type: "bound"; readonly ports: number[] }
  /** It cannot listen (any more); `error` is a sentence. */
  | { readonly type: "failed"; readonly error: string }
  | { readonly type: "info"; readonly info: SourceInfo }
  | { readonly type: "frame"; readonly frame: EncodedFrame }
  | { readonly type: "sound"; readonly packets: readonly EncodedAudio[] }
  | { readonly type: "stats"; readonly input: InputStats }
  /** Transport packets as they came in. */
  | { readonly type: "packets"; readonly bytes: Uint8Array<ArrayBuffer> };

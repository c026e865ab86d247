/**
 * The messages between a room's main isolate and its ingest thread. Both are one program, so these are types and not
 * schemas. Frequent small values are shared in `shared_control.ts`.
 *
 * @module
 */
import type { EncodedAudio } from "../../media/ports.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { VideoSettings } from "../playback/thread_protocol.ts";
import type { LayerFrame } from "../sending/layers/ports.ts";
import type { PeerOptions } from "../sending/ports.ts";
import type { IngestSpec, SourceInfo } from "../sources/ports.ts";

/** The figures of the input, once a second. Viewers and destinations are counted elsewhere. */
export type InputStats = Omit<
  IngestStats,
  "stream_id" | "viewers" | "previews" | "egress" | "still"
>;

/** Messages to the thread; `open` is the first. */
export type ToIngest =
  | {
    readonly type: "open";
    readonly spec: IngestSpec;
    readonly control: SharedArrayBuffer;
    /** How pictures are encoded when they are transcoded. */
    readonly video: VideoSettings;
    /** The addresses and ports of the connection of a publisher. */
    readonly network: Omit<PeerOptions, "iceServers">;
  }
  /** Later candidates of the publisher. */
  | { readonly type: "candidates"; readonly candidates: readonly string[] }
  /** The host of the v3xctrl streamer, whose pictures alone count; absent: nobody's. */
  | { readonly type: "streamer"; readonly host: string | undefined }
  /** Whether the thread also posts the transport packets, for destinations. */
  | { readonly type: "tee"; readonly state: "on" | "off" };

/** Messages of the thread. */
export type FromIngest =
  /** It listens at these UDP ports, or answered the offer of a publisher. */
  | { readonly type: "bound"; readonly ports: number[]; readonly answer?: string }
  /** It cannot listen, or listens no longer; `error` is a sentence. `isLeft`: the publisher's connection ended. */
  | { readonly type: "failed"; readonly error: string; readonly isLeft?: boolean }
  | { readonly type: "info"; readonly info: SourceInfo }
  | { readonly type: "frame"; readonly frame: LayerFrame }
  | { readonly type: "sound"; readonly packets: readonly EncodedAudio[] }
  | { readonly type: "stats"; readonly input: InputStats }
  /** A small picture of the newest keyframe, a JPEG. */
  | { readonly type: "still"; readonly jpeg: Uint8Array<ArrayBuffer> }
  /** Transport packets as they were received. */
  | { readonly type: "packets"; readonly bytes: Uint8Array<ArrayBuffer> };

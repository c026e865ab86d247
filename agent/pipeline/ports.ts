/**
 * The seams of a running stream: what the agent asks of a pipeline, what a pipeline tells, and where its
 * pictures and sound come from.
 *
 * @module
 */
import type { Picture } from "../../media/ports.ts";
import type { AgentEndReason, ConfigUpdate, ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { SourceConfig, StreamStats } from "../../protocol/field/device.ts";
import type { Refusal } from "../../protocol/envelope.ts";

/** What a stream is started with, as the control plane says it. */
export type StartStream = Extract<ToAgent, { type: "stream.start" }>["payload"];

/** A pipeline's figures of the last second. */
export type PipelineStats = Omit<StreamStats, "stream_id">;

export interface PipelineEnd {
  readonly reason: AgentEndReason;
  /** What went wrong, in words. */
  readonly error?: string | undefined;
}

/** The fields now in force, or why nothing was changed. */
export type UpdateOutcome = { readonly applied: readonly string[] } | { readonly refusal: Refusal };

export interface PipelineListener {
  /** Pictures flow; once a second. */
  stats(stats: PipelineStats): void;
  /** It is over, asked for or not, and everything is freed. Called once. */
  ended(end: PipelineEnd): void;
}

/** One running stream. */
export interface Pipeline {
  readonly sentBytes: number;
  update(update: ConfigUpdate): Promise<UpdateOutcome>;
  /** Ends it with this reason; `ended` follows. */
  stop(reason: AgentEndReason): void;
}
export type StartPipeline = (start: StartStream, listener: PipelineListener) => Pipeline;

/** What a source tells the stream that owns it. Times are media time in ticks of 90 kHz. */
export interface FieldSourceListener {
  picture(picture: Picture, pts: number): void;
  /** A picture that is compressed already: an H.264 access unit in Annex B form. */
  unit(data: Uint8Array, unit: { readonly pts: number; readonly keyframe: boolean }): void;
  /** Interleaved stereo at 48 kHz, signed 16 bit. */
  sound(pcm: Int16Array, pts: number): void;
  /** It can give no more, with a sentence why. It is over. */
  failed(error: string): void;
}

export interface FieldSource extends Disposable {
  /** Pictures a second, as well as it is known. */
  readonly frameRate: number;
  readonly hasSound: boolean;
  /** Begins to give. */
  run(listener: FieldSourceListener): void;
}
/** Opens a source, or tells in a sentence why it cannot. */
export type OpenFieldSource = (
  config: SourceConfig,
) => Promise<{ readonly source: FieldSource } | { readonly error: string }>;

/** What the agent and a pipeline's process say to each other. */
export type ToPipeline =
  | {
    readonly type: "start";
    readonly start: StartStream;
    /** The folder that files may be sent from. */
    readonly media: string;
    /** Between two tellings of the figures, in milliseconds. */
    readonly statsPeriod: number;
  }
  | { readonly type: "update"; readonly request: number; readonly update: ConfigUpdate }
  | { readonly type: "stop"; readonly reason: AgentEndReason };

export type FromPipeline =
  | { readonly type: "ready" }
  | { readonly type: "stats"; readonly stats: PipelineStats; readonly sentBytes: number }
  | { readonly type: "updated"; readonly request: number; readonly outcome: UpdateOutcome }
  | { readonly type: "ended"; readonly end: PipelineEnd };

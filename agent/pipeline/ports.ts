/**
 * The interfaces of a running stream: the pipeline's methods, its reports, and the sources of its pictures and
 * sound.
 *
 * @module
 */
import type { Hardware, Picture } from "../../media/ports.ts";
import type { AgentEndReason, ConfigUpdate, ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { InputCondition, SourceConfig, StreamStats } from "../../protocol/field/device.ts";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { CarPorts } from "../simulator/car_link.ts";

/** The settings of a stream, as the coordinator sends them. */
export type StartStream = Extract<ToAgent, { type: "stream.start" }>["payload"];

/** A pipeline's figures of the last second. */
export type PipelineStats = Omit<StreamStats, "stream_id">;

/** Why a pipeline ended. */
export interface PipelineEnd {
  readonly reason: AgentEndReason;
  /** What went wrong, in words. */
  readonly error?: string | undefined;
}

/** The fields now in force, or why nothing was changed. */
export type UpdateOutcome = { readonly applied: readonly string[] } | { readonly refusal: Refusal };

/** Receives the reports of a pipeline. */
export interface PipelineListener {
  /** The figures of the last second. */
  stats(stats: PipelineStats): void;
  /** The disk does not take the recording. */
  notRecorded?(reason: StorageReason): void;
  /** The pipeline ended for any reason, and its resources are freed. Called once. */
  ended(end: PipelineEnd): void;
}

/** One running stream. */
export interface Pipeline {
  readonly sentBytes: number;
  update(update: ConfigUpdate): Promise<UpdateOutcome>;
  /** Records on the device, or not. */
  record(on: boolean): void;
  /** The worker reports that it did not get pictures of the last seconds. */
  missed(): void;
  /** Ends the pipeline with this reason; `ended` follows. */
  stop(reason: AgentEndReason): void;
}
/** Starts a pipeline. Faults of the start are reported by `ended`. */
export type StartPipeline = (start: StartStream, listener: PipelineListener) => Pipeline;

/** Pictures and sound of a source. Times are media time in ticks of 90 kHz. */
interface MediaListener {
  picture(picture: Picture, pts: number): void;
  /** A picture that is compressed already: an H.264 access unit in Annex B form. */
  unit(data: Uint8Array, unit: { readonly pts: number; readonly keyframe: boolean }): void;
  /** Interleaved stereo at 48 kHz, signed 16 bit. */
  sound(pcm: Int16Array, pts: number): void;
  /** The source ended and is not opened again, with a sentence that says why. */
  failed(error: string): void;
}

/** What an input reports to the source that opened it. */
export interface InputListener extends MediaListener {
  /** The input ended, with a sentence that says why. It may work when it is opened again. */
  lost(error: string): void;
}

/** What a source reports to the stream that owns it. */
export interface FieldSourceListener extends MediaListener {
  /** The input was opened again. The size and rate of its pictures may have changed. */
  restarted(): void;
}

interface Frames {
  /** Pictures a second, as announced or assumed. */
  readonly frameRate: number;
  readonly hasSound: boolean;
}

/** One opened input: a camera, a file, an address. Disposing closes it. */
export interface OpenedInput extends Frames, Disposable {
  /** Begins to bring pictures and sound. */
  run(listener: InputListener): void;
}

/** The source of a stream's pictures and sound while the stream lasts. */
export interface FieldSource extends Frames, Disposable {
  readonly condition: InputCondition;
  /** Begins to bring pictures and sound. */
  run(listener: FieldSourceListener): void;
}
/** Opens a source, or returns a sentence that says why it could not be opened. */
export type OpenFieldSource = (
  config: SourceConfig,
) => Promise<{ readonly source: FieldSource } | { readonly error: string }>;

/** Messages from the agent to a pipeline's process. */
export type ToPipeline =
  | {
    readonly type: "start";
    readonly start: StartStream;
    /** The folder that files may be sent from. */
    readonly media: string;
    /** Between two reports of the figures, in milliseconds. */
    readonly statsPeriod: number;
    /** For how long opening a lost input is tried, in milliseconds. */
    readonly inputPatience: number;
    /** The network interface of the default route. */
    readonly usedInterface: string | undefined;
    /** Addresses of the device itself. */
    readonly ownAddresses: readonly string[];
    /** Ports of the simulated car; absent: nothing drives it. */
    readonly car?: CarPorts | undefined;
    /** What encodes; absent: software. */
    readonly hardware?: Hardware | undefined;
    /** Where the device keeps its own recording of this stream, and whether it records; absent: it cannot. */
    readonly recording?: { readonly folder: string; readonly on: boolean } | undefined;
  }
  | { readonly type: "update"; readonly request: number; readonly update: ConfigUpdate }
  | { readonly type: "record"; readonly on: boolean }
  | { readonly type: "missed" }
  | { readonly type: "stop"; readonly reason: AgentEndReason };

/** Messages from a pipeline's process to the agent. */
export type FromPipeline =
  | { readonly type: "ready" }
  | { readonly type: "stats"; readonly stats: PipelineStats; readonly sentBytes: number }
  | { readonly type: "updated"; readonly request: number; readonly outcome: UpdateOutcome }
  | { readonly type: "not_recorded"; readonly reason: StorageReason }
  | { readonly type: "ended"; readonly end: PipelineEnd };

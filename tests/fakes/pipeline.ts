import type {
  Pipeline,
  PipelineListener,
  PipelineStats,
  StartPipeline,
  StartStream,
  UpdateOutcome,
} from "../../agent/pipeline/ports.ts";
import type { AgentEndReason, ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import { StreamId } from "../../protocol/ids.ts";

export const FIGURES: PipelineStats = {
  uptime_s: 1,
  encoder_bitrate_kbps: 1_000,
  links: [],
  framerate: 30,
};

/** The specification of a stream with this name. */
export function startOf(stream: string): StartStream {
  return {
    stream_id: StreamId.parse(stream),
    source: { mode: "test" },
    encoder: { bitrate_kbps: 1_000 },
    destinations: ["srt://127.0.0.1:15000"],
    bonding_config: { version: 1, links: [], scheduler: {} },
  };
}

export class FakePipeline implements Pipeline {
  sentBytes = 0;
  readonly stops: AgentEndReason[] = [];
  readonly updates: ConfigUpdate[] = [];
  /** Whether it was told to record, in order, and how often that the worker missed something. */
  readonly recorded: boolean[] = [];
  timesMissed = 0;
  outcome: Promise<UpdateOutcome> = Promise.resolve({ applied: ["encoder.bitrate_kbps"] });

  constructor(readonly start: StartStream, readonly listener: PipelineListener) {}

  update(update: ConfigUpdate): Promise<UpdateOutcome> {
    this.updates.push(update);
    return this.outcome;
  }

  record(on: boolean): void {
    this.recorded.push(on);
  }

  missed(): void {
    this.timesMissed += 1;
  }

  stop(reason: AgentEndReason): void {
    this.stops.push(reason);
  }
}

/** Starts pipelines that the test controls. */
export function fakePipelines(): { readonly all: FakePipeline[]; readonly start: StartPipeline } {
  const all: FakePipeline[] = [];
  const start: StartPipeline = (stream, listener) => {
    const pipeline = new FakePipeline(stream, listener);
    all.push(pipeline);
    return pipeline;
  };
  return { all, start };
}

/**
 * The agent's end of a pipeline, which is a process of its own. A pipeline that ends without a report counts as a
 * crash.
 *
 * @module
 */
import type { Hardware } from "../../media/ports.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { StreamId } from "../../protocol/ids.ts";
import type { StartChild } from "../../protocol/process/child.ts";
import { hostsOf, loopbackPorts, nativeCodeOf, pipelinePermissions } from "../permissions.ts";
import type { Program } from "../program.ts";
import type { CarPorts } from "../simulator/car_link.ts";
import type {
  FromPipeline,
  PipelineEnd,
  StartPipeline,
  ToPipeline,
  UpdateOutcome,
} from "./ports.ts";

/** A pipeline that did not end this long after a stop is killed, in milliseconds. */
const STOP_LIMIT = 5_000;
/** An update that is not answered within this time counts as not applied, in milliseconds. */
const UPDATE_LIMIT = 5_000;

/** Makes the function that starts pipelines. */
export function createPipelineStarter(
  {
    clock,
    startChild,
    program,
    media,
    permissions = (hosts) => pipelinePermissions({ media }, nativeCodeOf(program.entry), hosts),
    statsPeriod,
    inputPatience,
    usedInterface = () => Promise.resolve(undefined),
    hardware = () => Promise.resolve(undefined),
    ownAddresses = () => [],
    car: carPorts,
    recording = () => Promise.resolve(undefined),
  }: {
    readonly clock: Clock;
    readonly startChild: StartChild;
    readonly program: Program;
    /** The folder that files may be sent from. */
    readonly media: string;
    /**
     * Returns flags of `deno run` with the permissions of a pipeline that sends to these hosts; default: for this
     * repository, without a process file.
     */
    readonly permissions?: (hosts: readonly string[]) => readonly string[];
    /** Time between two reports of the figures, in milliseconds; read at each start. */
    readonly statsPeriod: () => number;
    /** For how long opening a lost input is tried, in milliseconds. */
    readonly inputPatience: number;
    /** Reads the network interface of the default route; unknown unless told. */
    readonly usedInterface?: () => Promise<string | undefined>;
    /** The hardware encoder of the box; software unless told. Never rejects. */
    readonly hardware?: () => Promise<Hardware | undefined>;
    /** Addresses of the device itself; none unless told. */
    readonly ownAddresses?: () => readonly string[];
    /** Ports of the simulated car; absent: nothing drives it. */
    readonly car?: CarPorts | undefined;
    /** Prepares the device's own recording of a stream; there is none unless told. Never rejects. */
    readonly recording?: (
      stream: StreamId,
    ) => Promise<{ readonly folder: string; readonly on: boolean } | undefined>;
  },
): StartPipeline {
  return (start, listener) => {
    const args = [...program.arguments, "pipeline"];
    const car = start.source.mode === "car" ? carPorts : undefined;
    const hosts = hostsOf(start.destinations);
    const flags = permissions([...hosts, ...loopbackPorts(car ? Object.values(car) : [])]);
    const child = startChild({ entry: program.entry, args, flags });
    const waiting = new Map<number, (outcome: UpdateOutcome) => void>();
    let nextRequest = 1;
    let sentBytes = 0;
    let reported: PipelineEnd | undefined;
    let over = false;
    let limit: Disposable | undefined;

    child.on("message", (message: FromPipeline) => {
      switch (message.type) {
        case "ready":
          return void begin();
        case "stats":
          sentBytes = message.sentBytes;
          return over ? undefined : listener.stats(message.stats);
        case "updated":
          waiting.get(message.request)?.(message.outcome);
          return void waiting.delete(message.request);
        case "not_recorded":
          return over ? undefined : listener.notRecorded?.(message.reason);
        case "ended":
          reported = message.end;
      }
    });
    child.on("error", (error) => end(`The pipeline could not be run: ${error.message}`));
    child.on("exit", (code, signal) => {
      end(`The pipeline ended ${signal ? `by signal ${signal}` : `with exit code ${code}`}`);
    });

    async function begin(): Promise<void> {
      // A stream is sent also where the routes cannot be read.
      const used = await usedInterface().catch(() => undefined);
      const times = { statsPeriod: statsPeriod(), inputPatience };
      const encoder = await hardware();
      const own = await recording(start.stream_id);
      send({
        ...{ type: "start", start, media, ...times, usedInterface: used, car },
        ownAddresses: ownAddresses(),
        hardware: encoder,
        recording: own,
      });
    }

    function end(how: string): void {
      if (over) return;
      over = true;
      limit?.[Symbol.dispose]();
      const { error: refusal } = refuse("stream.none", "The stream ended before it answered");
      for (const resolve of waiting.values()) resolve({ refusal });
      waiting.clear();
      listener.ended(reported ?? { reason: "pipeline_crash", error: how });
    }

    function send(message: ToPipeline): void {
      if (!over && child.connected) child.send(message);
    }

    return {
      get sentBytes() {
        return sentBytes;
      },
      update(update) {
        const request = nextRequest++;
        send({ type: "update", request, update });
        return new Promise((resolve) => {
          const late = clock.after(UPDATE_LIMIT, () => {
            waiting.delete(request);
            const message = `The pipeline did not answer within ${UPDATE_LIMIT / 1000} s`;
            resolve({ refusal: { code: "config.timeout", message } });
          });
          waiting.set(request, (outcome) => {
            late[Symbol.dispose]();
            resolve(outcome);
          });
        });
      },
      record: (on) => send({ type: "record", on }),
      missed: () => send({ type: "missed" }),
      stop(reason) {
        if (over || limit) return;
        reported ??= { reason };
        send({ type: "stop", reason });
        limit = clock.after(STOP_LIMIT, () => child.kill("SIGKILL"));
      },
    };
  };
}

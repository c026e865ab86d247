/**
 * A field stream as a room's source: its thread, and where it is sent on to. Tells the coordinator, through the
 * worker, what is bound, what comes in and what goes out.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { EgressDestination } from "../../protocol/field/ingest.ts";
import type { RoomId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { TellCoordinator } from "../../protocol/legs/worker_leg.ts";
import { SharedControl } from "../playback/shared_control.ts";
import type { OpenSourceOptions, SourceHandle } from "../playback/source_handle.ts";
import type { IngestSpec, SourceInfo } from "../sources/ports.ts";
import { Egresses } from "./egress/egresses.ts";
import { startEgressProcess } from "./egress/process.ts";
import type { FromIngest, ToIngest } from "./ports.ts";
import { SLATE_SIZE } from "./slate.ts";

const NOTHING_TO_KEEP = "A live picture has nothing to save";
/** Until the input told better. */
const INITIAL: SourceInfo = {
  ...SLATE_SIZE,
  aspect: SLATE_SIZE.width / SLATE_SIZE.height,
  frameRate: 30,
  sampleRate: 48_000,
  players: 0,
};

export interface LiveSourcePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly roomId: RoomId;
  /** How many watch now. */
  readonly viewers: () => number;
  readonly tell: TellCoordinator;
}

export interface LiveSource extends SourceHandle {
  /** Sends the stream on to these from now on, and to no others. */
  sendTo(destinations: readonly EgressDestination[]): void;
}

type OpenLiveOptions = OpenSourceOptions & { readonly spec: IngestSpec };

/** Tells a field stream from what a room steps by itself. */
export function isIngest(options: OpenSourceOptions): options is OpenLiveOptions {
  return options.spec.kind === "ingest";
}

/** Opens the thread of one field stream. */
export function openLiveSource(
  { spec, video, listener }: OpenLiveOptions,
  ports: LiveSourcePorts,
): LiveSource {
  const { stream, request, appId } = spec;
  const { stream_id, destinations } = stream;
  const control = new SharedControl();
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const egresses = new Egresses({
    ...ports,
    start: startEgressProcess,
    wanted: (state) => send({ type: "tee", state }),
  });
  let state: "opening" | "open" | "over" = "opening";

  thread.onmessage = ({ data }: MessageEvent<FromIngest>) => {
    if (state !== "over") receive(data);
  };
  thread.onerror = (event) => {
    event.preventDefault();
    fail(`Receiving stopped by an error: ${event.message}`);
  };
  send({ type: "open", spec, control: control.buffer, minHeight: video.minHeight });

  function receive(message: FromIngest): void {
    switch (message.type) {
      case "bound": {
        state = "open";
        egresses.set(destinations);
        const { roomId: room_id } = ports;
        // The library has the app before the room says that it runs there.
        const started = { stream_id, ports: message.ports, room_id, app_id: appId };
        ports.tell("ingest.started", started, request);
        return listener.opened(INITIAL);
      }
      case "failed":
        return fail(message.error);
      case "info":
        return listener.info(message.info);
      case "frame":
        return listener.frame(message.frame);
      case "sound":
        return listener.sound(message.packets);
      case "packets":
        return egresses.send(message.bytes);
      case "stats": {
        const viewers = ports.viewers();
        const stats = { ...message.input, stream_id, viewers, egress: egresses.stats };
        return ports.tell("ingest.stats", stats);
      }
    }
  }

  function fail(error: string): void {
    if (state === "over") return;
    if (state === "opening") {
      const refusal = refuse("ingest.failed", error);
      ports.tell("ingest.start.response", { stream_id, ...refusal }, request);
    }
    close();
    listener.failed(error);
  }

  function close(): void {
    state = "over";
    egresses[Symbol.dispose]();
    thread.terminate();
  }

  function send(message: ToIngest): void {
    thread.postMessage(message);
  }

  return {
    control,
    reset: () => Promise.resolve({ error: "A live picture cannot be reset" }),
    save: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    load: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    sendTo: (targets) => egresses.set(targets),
    [Symbol.dispose]() {
      if (state !== "over") close();
    },
  };
}

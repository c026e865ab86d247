/**
 * A field stream as a room's source: the thread that receives it. It reports the bound ports, the figures and, when
 * switched on, the transport packets to its owner.
 *
 * @module
 */
import { SharedControl } from "../playback/shared_control.ts";
import type { OpenSourceOptions, SourceHandle } from "../playback/source_handle.ts";
import type { PeerOptions } from "../sending/ports.ts";
import type { IngestSpec, SourceInfo } from "../sources/ports.ts";
import type { FromIngest, InputStats, ToIngest } from "./ports.ts";
import { NEW_WATCH, watchSecond } from "./picture_watch.ts";
import { SLATE_SIZE } from "./slate.ts";

const NOTHING_TO_KEEP = "A live picture has nothing to save";
/** The info until the input's own has arrived. */
const INITIAL: SourceInfo = {
  ...SLATE_SIZE,
  aspect: SLATE_SIZE.width / SLATE_SIZE.height,
  frameRate: 30,
  sampleRate: 48_000,
  players: 0,
};

/** Reports of a live source besides its pictures and sound. */
export interface LiveListener {
  /** It listens at these UDP ports, or `answer` answers the offer of its publisher. */
  bound(ports: number[], answer?: string): void;
  /** Once a second. */
  stats(stats: InputStats): void;
  /** Transport packets as they came in, once {@linkcode LiveSource.tee} turned them on. */
  packets(bytes: Uint8Array): void;
  /** A small picture of the newest keyframe, a JPEG. */
  still(jpeg: Uint8Array<ArrayBuffer>): void;
  /** It could not listen, or listens no longer; `error` is a sentence. Called before the source's own `failed`. */
  failed(error: string, isLeft?: boolean): void;
}

/** A field stream that is received. Disposing ends its thread. */
export interface LiveSource extends SourceHandle {
  /** Switches the reports of transport packets on or off; off at first. */
  tee(state: "on" | "off"): void;
  /** Adds later candidates of the publisher. */
  candidates(candidates: readonly string[]): void;
  /** The host of the v3xctrl streamer that is connected; `undefined`: none is. */
  streamer(host: string | undefined): void;
}

/** The settings of a live source. `network`: addresses and ports of the connection of a publisher. */
export type LiveOptions = OpenSourceOptions<IngestSpec> & {
  readonly network: Omit<PeerOptions, "iceServers">;
};

/** Opens the thread of one field stream. */
export function openLiveSource(
  { spec, video, listener, network }: LiveOptions,
  live: LiveListener,
): LiveSource {
  const control = new SharedControl();
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  let state: "open" | "over" = "open";
  let watch = NEW_WATCH;

  thread.onmessage = ({ data }: MessageEvent<FromIngest>) => {
    if (state !== "over") receive(data);
  };
  thread.onerror = (event) => {
    event.preventDefault();
    fail(`Receiving stopped by an error: ${event.message}`);
  };
  send({ type: "open", spec, control: control.buffer, video, network });

  function receive(message: FromIngest): void {
    switch (message.type) {
      case "bound":
        live.bound(message.ports, message.answer);
        return listener.opened(INITIAL);
      case "failed":
        return fail(message.error, message.isLeft);
      case "info":
        return listener.info(message.info);
      case "frame":
        return listener.frame(message.frame);
      case "sound":
        return listener.sound(message.packets);
      case "still":
        return live.still(message.jpeg);
      case "packets":
        return live.packets(message.bytes);
      case "stats":
        watch = watchSecond(watch, { hasPicture: message.input.picture, patience: spec.patience });
        if (watch.state === "over") return fail(watch.error);
        return live.stats(message.input);
    }
  }

  function fail(error: string, isLeft?: boolean): void {
    if (state === "over") return;
    live.failed(error, isLeft);
    close();
    listener.failed(error);
  }

  function close(): void {
    state = "over";
    thread.terminate();
  }

  function send(message: ToIngest): void {
    thread.postMessage(message);
  }

  return {
    control,
    reset: () => Promise.resolve({ error: "A live picture cannot be reset" }),
    picture: () => Promise.resolve(undefined),
    save: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    load: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    rewind: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    undoRewind: () => Promise.resolve({ error: NOTHING_TO_KEEP }),
    candidates: (candidates) => send({ type: "candidates", candidates }),
    streamer: (host) => send({ type: "streamer", host }),
    tee: (state) => send({ type: "tee", state }),
    [Symbol.dispose]() {
      if (state !== "over") close();
    },
  };
}

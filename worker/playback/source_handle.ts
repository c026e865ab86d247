/**
 * The main isolate's end of a source thread: open, ask, close. Every request is answered or refused.
 *
 * @module
 */
import type { EncodedAudio, EncodedFrame } from "../../media/ports.ts";
import type { SourceInfo, SourceSpec, SteppedSpec } from "../sources/ports.ts";
import { SharedControl } from "./shared_control.ts";
import type { FromThread, ThreadStats, ToThread, VideoSettings } from "./thread_protocol.ts";

/** What a source tells its room. */
export interface SourceListener {
  opened(info: SourceInfo): void;
  /** It could not be opened, or it broke while running; `error` is a sentence. The thread is over. */
  failed(error: string): void;
  info(info: SourceInfo): void;
  frame(frame: EncodedFrame): void;
  sound(packets: readonly EncodedAudio[]): void;
  stats(stats: ThreadStats): void;
}

/** A running source. Its answer to a request is the value, or a sentence why not. */
export interface SourceHandle extends Disposable {
  readonly control: SharedControl;
  reset(): Promise<{ readonly error?: string }>;
  save(): Promise<{ readonly state: Uint8Array<ArrayBuffer> } | { readonly error: string }>;
  load(state: Uint8Array): Promise<{ readonly error?: string }>;
}

export interface OpenSourceOptions<Spec extends SourceSpec = SourceSpec> {
  readonly spec: Spec;
  readonly video: VideoSettings;
  readonly listener: SourceListener;
}
export type OpenSource = (options: OpenSourceOptions) => SourceHandle;

/** A source in a thread of its own. */
export interface SourceThread extends SourceHandle {
  /** Resolves when the thread is over: it was closed and kept what it keeps, or it failed. */
  readonly closed: Promise<void>;
}
export type OpenStepped = (options: OpenSourceOptions<SteppedSpec>) => SourceThread;

type Done = Extract<FromThread, { type: "done" }>;

/** Runs sources in threads of their own; the first thread starts at once and is warm when it is wanted. */
export function sourceThreads(): OpenStepped {
  let warm: Worker | undefined = startThread();
  return (options) => {
    const thread = warm ?? startThread();
    warm = undefined;
    return openIn(thread, options);
  };
}

function startThread(): Worker {
  return new Worker(new URL("./source_thread.ts", import.meta.url), { type: "module" });
}

function openIn(
  thread: Worker,
  { spec, video, listener }: OpenSourceOptions<SteppedSpec>,
): SourceThread {
  const control = new SharedControl();
  const waiting = new Map<number, (done: Done) => void>();
  const closed = Promise.withResolvers<void>();
  let nextRequest = 1;
  let over = false;

  thread.onmessage = ({ data }: MessageEvent<FromThread>) => receive(data);
  thread.onerror = (event) => {
    event.preventDefault();
    end();
    listener.failed(`The source stopped by an error: ${event.message}`);
  };
  send({ type: "open", spec, video, control: control.buffer });

  function receive(message: FromThread): void {
    if (over) return;
    switch (message.type) {
      case "opened":
        return listener.opened(message.info);
      case "failed":
        end();
        return listener.failed(message.error);
      case "info":
        return listener.info(message.info);
      case "frame":
        return listener.frame(message.frame);
      case "sound":
        return listener.sound(message.packets);
      case "stats":
        return listener.stats(message.stats);
      case "done":
        waiting.get(message.request)?.(message);
        return void waiting.delete(message.request);
      case "closed":
        return end();
    }
  }

  function send(message: ToThread): void {
    thread.postMessage(message);
    control.announceMail();
  }

  function ask(make: (request: number) => ToThread): Promise<Done> {
    const request = nextRequest++;
    if (over) return Promise.resolve({ type: "done", request, error: "The source is over" });
    send(make(request));
    return new Promise((resolve) => waiting.set(request, resolve));
  }

  function end(): void {
    if (over) return;
    over = true;
    for (const [request, resolve] of waiting) {
      resolve({ type: "done", request, error: "The source ended before it answered" });
    }
    waiting.clear();
    thread.terminate();
    closed.resolve();
  }

  return {
    control,
    closed: closed.promise,
    reset: () => ask((request) => ({ type: "reset", request })),
    load: (state) => ask((request) => ({ type: "load", request, state })),
    async save() {
      const { state, error } = await ask((request) => ({ type: "save", request }));
      return state ? { state } : { error: error ?? "This source has nothing to save" };
    },
    [Symbol.dispose]() {
      if (!over) send({ type: "close" });
    },
  };
}

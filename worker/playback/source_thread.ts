/**
 * The thread of a room's source: it waits for each frame, steps the source, encodes, and posts the results. It blocks
 * between frames, so it reads its messages only when `shared_control.ts` announces one.
 *
 * @module
 */
import { createOpusEncoder } from "../../media/opus_encoder.ts";
import { openSourceEncoders } from "../../media/video_encoder.ts";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { collectGarbage } from "../../protocol/process/small_memory.ts";
import { openSource } from "../sources/open_source.ts";
import { padMapper } from "./button_map.ts";
import { createFramePacer } from "./frame_pacer.ts";
import type { Source } from "../sources/ports.ts";
import type { RewindStatus, WentBack } from "./rewind/ports.ts";
import { Rewinder } from "./rewind/rewinder.ts";
import { SharedControl } from "./shared_control.ts";
import { SourceRunner } from "./source_runner.ts";
import type { Done, FromThread, ToThread } from "./thread_protocol.ts";
import { warmUp } from "./warm_up.ts";

/** Largest picture of a save, in bytes: as `protocol/saves/save.ts` has it, whose schemas a thread does not load. */
const SAVE_PICTURE = 3_800;
/** How long a paused thread sleeps before its next turn, in milliseconds. */
const PAUSED_TURN = 100;

/** TypeScript declares the globals of the main isolate; a thread has these two besides. */
const thread = self as unknown as {
  onmessage: (event: MessageEvent<ToThread>) => void;
  postMessage(message: FromThread, transfer: ArrayBuffer[]): void;
};

let wanted = false;
let closing = false;
interface Opened {
  readonly source: Source;
  readonly control: SharedControl;
  readonly rewinder: Rewinder;
}
let opened: Opened | undefined;
let running: SourceRunner | undefined;

thread.onmessage = ({ data }) => receive(data);
warmUp({ wanted: () => wanted, pause: () => sleep(systemClock, 0) })
  .then(() => wanted || collectGarbage())
  .catch((error) => console.warn(`Cannot warm up a source thread: ${errorText(error)}`));

function receive(message: ToThread): void {
  wanted = true;
  opened?.control.countReceived();
  switch (message.type) {
    case "open":
      return open(message);
    case "reset":
      return answer(message.request, ({ source, rewinder }) => {
        try {
          source.reset();
        } finally {
          rewinder.jumped();
        }
      });
    case "save":
      return answer(message.request, ({ source }) => source.save(), {
        show: message.picture ? picture : undefined,
        about: ({ source: { options, memoryFault } }) => ({
          ...(options && { ofState: options.ofState() }),
          ...(memoryFault && { memoryFault }),
        }),
      });
    case "picture":
      return post({
        type: "done",
        request: message.request,
        ...(running?.picture && { raw: running.picture }),
      });
    case "load":
      return answer(message.request, ({ source, rewinder }) => {
        const { state, options } = message;
        const isLoaded = options && source.resume
          ? source.resume(state, options)
          : source.load(state);
        // A refused one may have been loaded in part, and a source that begins anew is another one.
        if (isLoaded || options) rewinder.jumped();
        if (isLoaded) return state;
        throw new Error("Cannot load the saved state: it does not fit this game");
      });
    case "rewind":
      return go(message.request, (rewinder) => rewinder.back(message.seconds));
    case "undo_rewind":
      return go(message.request, (rewinder) => rewinder.undo());
    case "options":
      return post({
        type: "done",
        request: message.request,
        options: opened?.source.options?.list() ?? [],
      });
    case "set_option":
      return post({
        type: "done",
        request: message.request,
        option: opened?.source.options?.set(message.key, message.value) ?? "unknown",
      });
    case "close":
      closing = true;
  }
}

function open({ spec, video, control: buffer }: Extract<ToThread, { type: "open" }>): void {
  const result = openSource(spec);
  if ("error" in result) return post({ type: "failed", error: result.error });
  const { source } = result;
  const control = new SharedControl(buffer);
  control.countReceived();
  const changed = (status: RewindStatus) => post({ type: "rewind", status });
  opened = { source, control, rewinder: new Rewinder({ source, changed }) };
  post({ type: "opened", info: source.info });
  const runner = new SourceRunner({
    source,
    video,
    control,
    mapPad: padMapper("buttons" in spec ? spec.buttons : undefined),
    clock: systemClock,
    ...openSourceEncoders({ ...video, failed: console.warn }),
    createAudioEncoder: createOpusEncoder,
    post,
  });
  running = runner;
  play(runner).catch((error) => post({ type: "failed", error: errorText(error) }));
}

async function play(runner: SourceRunner): Promise<void> {
  const { source, control, rewinder } = opened!;
  const pacer = createFramePacer({
    now: () => systemClock.now(),
    wait: (ms) => control.wait(ms),
  });
  while (!closing) {
    control.tick();
    // An announced message may arrive several turns later.
    if (control.awaitsMessage) await sleep(systemClock, 0);
    else if (control.paused) {
      runner.still();
      pacer.restart();
      control.wait(PAUSED_TURN);
    } else {
      runner.step(pacer.waitForFrame(source.info.frameRate));
      rewinder.stepped();
    }
  }
  runner[Symbol.dispose]();
  post({ type: "closed" });
}

/** A save without a picture is better than none. */
function picture(): Uint8Array<ArrayBuffer> | undefined {
  try {
    return running?.thumbnail(SAVE_PICTURE);
  } catch {
    return undefined;
  }
}

function answer(
  request: number,
  act: (running: Opened) => Uint8Array<ArrayBuffer> | Uint8Array | undefined | void,
  { show, about }: {
    readonly show?: (() => Uint8Array<ArrayBuffer> | undefined) | undefined;
    readonly about?: (running: Opened) => Pick<Done, "ofState" | "memoryFault">;
  } = {},
): void {
  try {
    if (!opened) throw new Error("No source is open yet");
    const state = act(opened);
    const picture = state && show?.();
    post({
      type: "done",
      request,
      ...(state && { state: new Uint8Array(state) }),
      ...(picture && { picture }),
      ...(state && about?.(opened)),
    });
  } catch (error) {
    post({ type: "done", request, error: errorText(error) });
  }
}

/** Goes back, or returns, and shows the picture of then. */
function go(
  request: number,
  act: (rewinder: Rewinder) => WentBack | { readonly error: string },
): void {
  try {
    if (!opened) throw new Error("No source is open yet");
    const outcome = act(opened.rewinder);
    // At the oldest state nothing was loaded, and showing a picture would play one.
    if ("seconds" in outcome && outcome.seconds > 0) running?.show();
    post({ type: "done", request, ...outcome });
  } catch (error) {
    post({ type: "done", request, error: errorText(error) });
  }
}

function post(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  thread.postMessage(message, [...transfer]);
}

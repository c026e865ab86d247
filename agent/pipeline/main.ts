/**
 * The process of one stream. The agent runs it separately, so that a crash of a codec does not end the control
 * connection. It ends when the agent ends.
 *
 * @module
 */
import { AacEncoder } from "../../media/aac_encoder.ts";
import { createHardwareEncoder } from "../../media/hardware/hardware_encoder.ts";
import { HardwareFirst } from "../../media/hardware/hardware_first.ts";
import { HARDWARE_NAMES } from "../../media/hardware/try_hardware.ts";
import type { SendingLink } from "../../media/links/ports.ts";
import { type BondedLink, type BondedPath, openBonded } from "../../media/links/rist/rist_link.ts";
import type { SchedulerRules } from "../../media/links/rist/scheduler.ts";
import { readRules } from "../../media/links/rist/scheduler_rules.ts";
import { tiedPaths } from "../../media/links/path_ties.ts";
import { createSrtOpener } from "../../media/links/srt_link.ts";
import type { Hardware } from "../../media/ports.ts";
import { createX264Encoder } from "../../media/x264_encoder.ts";
import { storageReason } from "../../protocol/disk/storage_fault.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { AgentEndReason } from "../../protocol/legs/agent_leg.ts";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { connectParent } from "../../protocol/process/parent.ts";
import { systemRandom } from "../../protocol/random.ts";
import { pieceFiles } from "../recording/piece_files.ts";
import { StreamRecorder } from "../recording/stream_recorder.ts";
import { Broadcast, type BroadcastOptions } from "./broadcast.ts";
import { createSourceOpener } from "./open_source.ts";
import type { FromPipeline, StartStream, ToPipeline } from "./ports.ts";
import { Uplink } from "./uplink.ts";

/** Bits per second. */
const SOUND_BITRATE = 128_000;
/** The software encoder, as people call it. */
const SOFTWARE = "x264";
/** How long the link waits for late packets when no latency is configured, in milliseconds. */
const DEFAULT_LATENCY = 200;
/** Most time to write the end of the recording, in milliseconds. */
const LAST_WRITE = 1_000;
/** Time to send the last message through the pipe before the process ends, in milliseconds. */
const FAREWELL = 50;

/** Runs until the stream or the agent ends. */
export function runPipeline(): void {
  let running:
    | { broadcast: Broadcast | undefined; uplink: Uplink; recorder: StreamRecorder | undefined }
    | undefined;
  let started: Promise<void> = Promise.resolve();
  const { send } = connectParent<ToPipeline, FromPipeline>({ receive, gone: leave });
  send({ type: "ready" });

  function receive(message: ToPipeline): void {
    switch (message.type) {
      case "start":
        started = start(message);
        return;
      case "update":
        return void started.then(() => update(message));
      case "record":
        return void started.then(() => {
          if (running?.recorder) running.recorder.isOn = message.on;
        });
      case "missed":
        return running?.recorder?.missed();
      case "stop":
        return void end(message.reason);
    }
  }

  function update({ request, update }: Extract<ToPipeline, { type: "update" }>): void {
    const { error: refusal } = refuse("stream.none", "The stream has ended");
    const outcome = running?.broadcast?.update(update) ?? { refusal };
    send({ type: "updated", request, outcome });
  }

  async function start(
    {
      start: stream,
      media,
      statsPeriod,
      inputPatience,
      usedInterface: used,
      ownAddresses,
      car,
      hardware,
      recording,
    }: Extract<
      ToPipeline,
      { type: "start" }
    >,
  ): Promise<void> {
    if (stream.psk === undefined) {
      return end("error", "Cannot send without a passphrase: the stream would not be encrypted");
    }
    const openSource = createSourceOpener({
      clock: systemClock,
      random: systemRandom,
      media,
      patience: inputPatience,
      car,
    });
    const opened = await openSource(stream.source);
    if ("error" in opened) return end("error", opened.error);
    const { source } = opened;
    const { links } = stream.bonding_config;
    const wished = stream.destinations.map((_, index) => links[index]?.interface);
    const latency = stream.bonding_config.scheduler.discard_deadline_ms ?? DEFAULT_LATENCY;
    const paths = tiedPaths(stream.destinations, wished, { used, own: ownAddresses });
    const { open, spread } = openerOf(stream, {
      ...{ latency, paths, used },
      passphrase: stream.psk,
      keyframeWanted: () => running?.broadcast?.keyframeWanted(),
    });
    const uplink = new Uplink({
      open,
      latency,
      clock: systemClock,
      random: systemRandom,
      listener: {
        opened: () => running?.broadcast?.linkOpened(),
        gaveUp: (error) => end("timeout", error),
      },
    });
    const recorder = recording && new StreamRecorder({
      clock: systemClock,
      files: pieceFiles,
      folder: recording.folder,
      failed: (error) => send({ type: "not_recorded", reason: storageReason(error) }),
    });
    if (recorder && !recording.on) recorder.isOn = false;
    running = { uplink, broadcast: undefined, recorder };
    running.broadcast = new Broadcast({
      source,
      uplink,
      encoder: stream.encoder,
      latency,
      spread,
      paths: wished.map((name) => name ?? used ?? "default"),
      statsPeriod,
      clock: systemClock,
      ...encoderOf(hardware),
      createSoundEncoder: () => new AacEncoder({ bitrate: SOUND_BITRATE }),
      recorder,
      listener: {
        stats: (stats) => send({ type: "stats", stats, sentBytes: uplink.figures.sentBytes }),
        failed: (error) => end("error", error),
      },
    });
  }

  async function end(reason: AgentEndReason, error?: string): Promise<void> {
    running?.broadcast?.[Symbol.dispose]();
    running?.uplink[Symbol.dispose]();
    const recorder = running?.recorder;
    running = undefined;
    recorder?.[Symbol.dispose]();
    await Promise.race([recorder?.written(), sleep(systemClock, LAST_WRITE)]);
    send({ type: "ended", end: { reason, error } });
    await sleep(systemClock, FAREWELL);
    leave();
  }
}

/** The encoder of the stream and its name. */
function encoderOf(
  hardware: Hardware | undefined,
): Pick<BroadcastOptions, "createVideoEncoder" | "encoderName"> {
  if (!hardware) return { createVideoEncoder: createX264Encoder, encoderName: () => SOFTWARE };
  let name: string = HARDWARE_NAMES[hardware];
  return {
    encoderName: () => name,
    createVideoEncoder(options) {
      name = HARDWARE_NAMES[hardware];
      return new HardwareFirst(options, {
        hardware: createHardwareEncoder(hardware),
        software: createX264Encoder,
        failed(why) {
          name = SOFTWARE;
          console.warn(why);
        },
      });
    },
  };
}

/** Opens the stream's link: one SRT path, or RIST paths. */
function openerOf(
  { destinations, bonding_config: { scheduler } }: StartStream,
  { passphrase, latency, paths, used, keyframeWanted }: {
    readonly passphrase: string;
    readonly latency: number;
    readonly paths: readonly BondedPath[];
    readonly used: string | undefined;
    readonly keyframeWanted: () => void;
  },
): {
  readonly open: () => Promise<SendingLink | { readonly error: string }>;
  /** How a bonded link spreads packets, now and when it is opened again. */
  readonly spread?: { rules: SchedulerRules };
} {
  const clock = systemClock;
  const [url = ""] = destinations;
  if (!url.startsWith("rist:")) {
    const open = createSrtOpener({ clock, missing: console.warn, usedInterface: used });
    return {
      open: () =>
        open({ url, passphrase, latency, interface: paths[0]?.interface, keyframeWanted }),
    };
  }
  const read = readRules(scheduler);
  if ("error" in read) {
    return { open: () => Promise.resolve({ error: `Cannot send: ${read.error}` }) };
  }
  let rules = read;
  let newest: BondedLink | undefined;
  return {
    async open() {
      const options = { paths, passphrase, latency, rules, keyframeWanted };
      const opened = await openBonded(options, { clock, random: systemRandom });
      if (!("error" in opened)) newest = opened;
      return opened;
    },
    spread: {
      get rules() {
        return rules;
      },
      set rules(changed) {
        rules = changed;
        if (newest) newest.rules = changed;
      },
    },
  };
}

/** libsrt aborts when a process exits in order while a link is being opened. */
function leave(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

/**
 * The process of one stream. The agent runs it separately, so that a crash of a codec does not end the control
 * connection. It ends when the agent ends.
 *
 * @module
 */
import { AacEncoder } from "../../media/aac_encoder.ts";
import { createSrtOpener } from "../../media/links/srt_link.ts";
import { createX264Encoder } from "../../media/x264_encoder.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { AgentEndReason } from "../../protocol/legs/agent_leg.ts";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { connectParent } from "../../protocol/process/parent.ts";
import { systemRandom } from "../../protocol/random.ts";
import { Broadcast } from "./broadcast.ts";
import { createSourceOpener } from "./open_source.ts";
import type { FromPipeline, ToPipeline } from "./ports.ts";
import { Uplink } from "./uplink.ts";

/** Bits per second. */
const SOUND_BITRATE = 128_000;
/** How long the link waits for late packets when no latency is configured, in milliseconds. */
const DEFAULT_LATENCY = 200;
/** Time to send the last message through the pipe before the process ends, in milliseconds. */
const FAREWELL = 50;

/** Runs until the stream or the agent ends. */
export function runPipeline(): void {
  let running: { broadcast: Broadcast | undefined; uplink: Uplink } | undefined;
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
    { start: stream, media, statsPeriod, inputPatience, usedInterface: used, car }: Extract<
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
    const [url = ""] = stream.destinations;
    const wished = stream.bonding_config.links[0]?.interface;
    const open = createSrtOpener({
      clock: systemClock,
      missing: console.warn,
      usedInterface: used,
    });
    const latency = stream.bonding_config.scheduler.discard_deadline_ms ?? DEFAULT_LATENCY;
    const link = {
      url,
      passphrase: stream.psk,
      latency,
      // Tied to the interface of the default route, no worker on this machine could be reached.
      interface: wished === used ? undefined : wished,
      keyframeWanted: () => running?.broadcast?.keyframeWanted(),
    };
    const uplink = new Uplink({
      open: () => open(link),
      latency,
      clock: systemClock,
      random: systemRandom,
      listener: {
        opened: () => running?.broadcast?.linkOpened(),
        gaveUp: (error) => end("timeout", error),
      },
    });
    running = { uplink, broadcast: undefined };
    running.broadcast = new Broadcast({
      source,
      uplink,
      encoder: stream.encoder,
      latency,
      path: wished ?? used ?? "default",
      statsPeriod,
      clock: systemClock,
      createVideoEncoder: createX264Encoder,
      createSoundEncoder: () => new AacEncoder({ bitrate: SOUND_BITRATE }),
      listener: {
        stats: (stats) => send({ type: "stats", stats, sentBytes: uplink.figures.sentBytes }),
        failed: (error) => end("error", error),
      },
    });
  }

  async function end(reason: AgentEndReason, error?: string): Promise<void> {
    running?.broadcast?.[Symbol.dispose]();
    running?.uplink[Symbol.dispose]();
    running = undefined;
    send({ type: "ended", end: { reason, error } });
    await sleep(systemClock, FAREWELL);
    leave();
  }
}

/** libsrt aborts when a process exits in order while a link is being opened. */
function leave(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

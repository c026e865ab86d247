/**
 * A field stream over a bad network: a pipeline sends a noisy film, and the room of a worker receives it behind a relay.
 *
 * @module
 */
import type { PipelineStats } from "../../../agent/pipeline/ports.ts";
import { createPipelineStarter } from "../../../agent/pipeline/process.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import type { EncoderConfig } from "../../../protocol/field/device.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { startChild as startChildProcess } from "../../../protocol/process/child.ts";
import { type FromReceiver, startChild } from "../field/children.ts";
import { writeNoisyFile } from "../field/noisy_file.ts";
import type { Regime } from "../relay/regimes.ts";
import { Relay } from "../relay/relay.ts";

const STREAM = StreamId.parse("str_link");
const PSK = "0123456789abcdef";

/** A stream under way. Disposing ends it. */
export interface FieldLink extends AsyncDisposable {
  readonly relay: Relay;
  /** The device's figures so far. */
  readonly stats: readonly PipelineStats[];
  /** Lets time pass; resolves with pictures a second that reached the room, and transport packets that were missing. */
  measure(ms: number): Promise<{ readonly pictures: number; readonly lost: number }>;
}

/** Starts a stream behind a network. `port`: a free UDP port, with twenty free ones after it. */
export async function openFieldLink(
  { regime, encoder, latency, port }: {
    readonly regime: Regime;
    readonly encoder: EncoderConfig;
    readonly latency: number;
    readonly port: number;
  },
): Promise<FieldLink> {
  const media = await Deno.makeTempDir({ prefix: "farpad-" });
  await writeNoisyFile(`${media}/noise.ts`);
  const receiver = startChild<FromReceiver>("receiver_main.ts");
  await receiver.until("the receiver", (received) => received[0]);
  receiver.report({
    type: "open",
    stream: {
      stream_id: STREAM,
      title: "Box 7",
      transport: "srt",
      ports: [port],
      latency_ms: latency,
      psk: PSK,
      destinations: [],
    },
    portRange: [port, port + 20],
    patience: 300,
  });
  const live = () => receiver.received.flatMap((each) => each.type === "live" ? [each.event] : []);
  const bound = await receiver.until(
    "a bound port",
    () => live().find((event) => event.type === "bound"),
  );
  const relay = new Relay({ clock: systemClock, regime, seed: 11 });
  const front = await relay.front({ host: "127.0.0.1", port: bound.ports[0]! });
  const stats: PipelineStats[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const pipeline = createPipelineStarter({
    startChild: startChildProcess,
    clock: systemClock,
    program: { entry: new URL("../../../agent/main.ts", import.meta.url).pathname, arguments: [] },
    media,
    statsPeriod: () => 1_000,
    inputPatience: 0,
  })({
    stream_id: STREAM,
    source: { mode: "file", path: `${media}/noise.ts`, loop: true },
    encoder,
    destinations: [`srt://127.0.0.1:${front}`],
    bonding_config: { version: 1, links: [], scheduler: { discard_deadline_ms: latency } },
    psk: PSK,
  }, { stats: (each) => void stats.push(each), ended: () => resolve() });
  const lost = () => live().findLast((event) => event.type === "stats")?.stats.lost_packets ?? 0;
  const pictures = () => receiver.received.filter(({ type }) => type === "frame").length;
  return {
    relay,
    stats,
    async measure(ms) {
      const before = { pictures: pictures(), lost: lost() };
      await sleep(systemClock, ms);
      return {
        pictures: (pictures() - before.pictures) * 1000 / ms,
        lost: lost() - before.lost,
      };
    },
    async [Symbol.asyncDispose]() {
      pipeline.stop("control_plane_stop");
      await ended;
      receiver[Symbol.dispose]();
      relay[Symbol.dispose]();
      await Deno.remove(media, { recursive: true });
    },
  };
}

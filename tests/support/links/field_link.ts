/**
 * A field stream over bad networks: a pipeline sends a noisy film, and the room of a worker receives it behind a relay
 * for each path.
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
import type { IngestStats } from "../../../protocol/field/ingest.ts";
import { writeNoisyFile } from "../field/noisy_file.ts";
import type { Regime } from "../relay/regimes.ts";
import { Relay } from "../relay/relay.ts";

const STREAM = StreamId.parse("str_link");
const PSK = "0123456789abcdef";

/** A stream under way. Disposing ends it. */
export interface FieldLink extends AsyncDisposable {
  /** One for each path. */
  readonly relays: readonly Relay[];
  /** The processes that send and receive. */
  readonly pids: readonly number[];
  /** The device's figures so far. */
  readonly stats: readonly PipelineStats[];
  /** The worker's figures so far. */
  readonly received: readonly Omit<IngestStats, "stream_id" | "egress">[];
  /**
   * Lets time pass; resolves with pictures a second that reached the room, transport packets that were missing, and
   * those that came.
   */
  measure(
    ms: number,
  ): Promise<{ readonly pictures: number; readonly lost: number; readonly packets: number }>;
}

/**
 * Starts a stream behind networks, each of which is a path: over SRT, or over RIST with a network interface for each
 * path. `port`: a free UDP port, with twenty free ones after it.
 */
export async function openFieldLink(
  { transport = "srt", regimes, encoder, latency, port }: {
    readonly transport?: "srt" | "rist";
    readonly regimes: readonly Regime[];
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
      transport,
      ports: regimes.map((_, index) => port + 2 * index),
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
  const relays = regimes.map((regime, index) =>
    new Relay({ clock: systemClock, regime, seed: 11 + index })
  );
  const fronts = await Promise.all(
    relays.map((relay, index) => relay.front({ host: "127.0.0.1", port: bound.ports[index]! })),
  );
  const destinations = fronts.map((front) => `${transport}://127.0.0.1:${front}`);
  const links = destinations.map((uri, id) => ({ id, uri, interface: "lo" }));
  let sender = 0;
  const stats: PipelineStats[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const pipeline = createPipelineStarter({
    startChild(program) {
      const child = startChildProcess(program);
      sender = child.pid ?? 0;
      return child;
    },
    clock: systemClock,
    program: { entry: new URL("../../../agent/main.ts", import.meta.url).pathname, arguments: [] },
    media,
    statsPeriod: () => 1_000,
    inputPatience: 0,
  })({
    stream_id: STREAM,
    source: { mode: "file", path: `${media}/noise.ts`, loop: true },
    encoder,
    destinations,
    bonding_config: { version: 1, links, scheduler: { discard_deadline_ms: latency } },
    psk: PSK,
  }, { stats: (each) => void stats.push(each), ended: () => resolve() });
  const received = () => live().flatMap((event) => event.type === "stats" ? [event.stats] : []);
  const lost = () => received().at(-1)?.lost_packets ?? 0;
  const packets = () => received().at(-1)?.received_packets ?? 0;
  const pictures = () => receiver.received.filter(({ type }) => type === "frame").length;
  return {
    relays,
    stats,
    get pids() {
      return [sender, receiver.pid];
    },
    get received() {
      return received();
    },
    async measure(ms) {
      const before = { pictures: pictures(), lost: lost(), packets: packets() };
      await sleep(systemClock, ms);
      return {
        pictures: (pictures() - before.pictures) * 1000 / ms,
        lost: lost() - before.lost,
        packets: packets() - before.packets,
      };
    },
    async [Symbol.asyncDispose]() {
      pipeline.stop("control_plane_stop");
      await ended;
      receiver[Symbol.dispose]();
      for (const relay of relays) relay[Symbol.dispose]();
      await Deno.remove(media, { recursive: true });
    },
  };
}

import { deepEqual, equal, ok } from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createPipelineStarter } from "../../agent/pipeline/process.ts";
import type { Pipeline, PipelineEnd, PipelineStats } from "../../agent/pipeline/ports.ts";
import { startChild as startChildProcess } from "../../protocol/process/child.ts";
import { systemClock } from "../../protocol/clock.ts";
import type { IngestStart } from "../../protocol/field/ingest.ts";
import { DestinationId, StreamId } from "../../protocol/ids.ts";
import { readTimeCode } from "../../protocol/picture/time_code.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { LiveEvent } from "../../worker/room/ipc.ts";
import {
  type FromReceiver,
  type FromSink,
  startChild,
  type TestChild,
  type ToReceiver,
  waitFor,
} from "../support/field/children.ts";
import { listenRtmp } from "../support/field/rtmp_server.ts";
import { VideoDecoder } from "../support/media/decode.ts";

const STREAM = StreamId.parse("str_test");
const PSK = "0123456789abcdef";

type Receiver = TestChild<FromReceiver>;

const startPipeline = createPipelineStarter({
  startChild: startChildProcess,
  clock: systemClock,
  program: { entry: new URL("../../agent/main.ts", import.meta.url).pathname, arguments: [] },
  media: "/nowhere",
  statsPeriod: () => 1_000,
  inputPatience: 0,
});

/** The message that makes a receiver listen on some port from `first` on. */
function opening(first: number, destinations: IngestStart["destinations"] = []): ToReceiver {
  const stream: IngestStart = {
    stream_id: STREAM,
    title: "Box 7",
    transport: "srt",
    ports: [first],
    latency_ms: 60,
    psk: PSK,
    destinations,
  };
  return { type: "open", stream, portRange: [first, first + 20], patience: 300 };
}

/** Starts receiving on some port from `first` on; resolves with the bound one. */
async function receive(first: number): Promise<{ receiver: Receiver; port: number }> {
  const receiver = startChild<FromReceiver>("receiver_main.ts");
  await receiver.until("the receiver", (received) => received[0]);
  receiver.report(opening(first));
  const started = await receiver.until("a bound port", (received) => events(received, "bound")[0]);
  return { receiver, port: started.ports[0]! };
}

/** The reports of one kind, in order. */
function events<T extends LiveEvent["type"]>(
  received: readonly FromReceiver[],
  type: T,
): Extract<LiveEvent, { type: T }>[] {
  return received.flatMap((each) =>
    each.type === "live" && each.event.type === type ? [each.event as never] : []
  );
}

function newest(received: readonly FromReceiver[]) {
  return events(received, "stats").at(-1)?.stats;
}

interface Sending {
  readonly pipeline: Pipeline;
  readonly stats: PipelineStats[];
  readonly ended: Promise<PipelineEnd>;
}

function sendTestPicture(port: number, psk = PSK): Sending {
  const stats: PipelineStats[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<PipelineEnd>();
  const pipeline = startPipeline({
    stream_id: STREAM,
    source: { mode: "test", resolution: "320x180", framerate: 30 },
    encoder: { bitrate_kbps: 600 },
    destinations: [`srt://127.0.0.1:${port}`],
    bonding_config: { version: 1, links: [], scheduler: { discard_deadline_ms: 60 } },
    psk,
  }, { stats: (each) => void stats.push(each), ended: resolve });
  return { pipeline, stats, ended };
}

async function stop({ pipeline, ended }: Sending): Promise<void> {
  pipeline.stop("control_plane_stop");
  await ended;
}

/** Pictures from the first keyframe at or after `from` on: with the instant they were drawn, and without. */
function pictures(received: readonly FromReceiver[], from = 0): { coded: number; bare: number } {
  using decoder = new VideoDecoder("h264");
  const frames = received.slice(from).filter((each) => each.type === "frame");
  const first = frames.findIndex(({ keyframe }) => keyframe);
  const found = { coded: 0, bare: 0 };
  for (const { data } of first < 0 ? [] : frames.slice(first)) {
    const picture = decoder.decode({ data: Uint8Array.fromBase64(data) });
    if (picture) found[readTimeCode(lumaOf(picture)) === undefined ? "bare" : "coded"] += 1;
  }
  return found;
}

function lumaOf({ width, height, rgb }: NonNullable<ReturnType<VideoDecoder["decode"]>>) {
  const data = new Uint8Array(width * height);
  // Only the strip with the code is compared.
  for (let y = 0; y < height / 5; y++) {
    for (let x = 0; x < width; x++) data[y * width + x] = rgb(x, y)[1];
  }
  return { data, width, height };
}

Deno.test("[ING1] the room sends a device's picture and sound unchanged", async () => {
  const { receiver, port } = await receive(15_020);
  using _receiver = receiver;
  const sending = sendTestPicture(port);
  const stats = await receiver.until("figures of a running stream", (received) => {
    const found = newest(received);
    return found?.picture && found.framerate > 25 ? found : undefined;
  });
  deepEqual([stats.handling, stats.codec, stats.width, stats.height, stats.lost_packets], [
    "forwarded",
    "h264",
    320,
    180,
    0,
  ]);
  ok(pictures(receiver.received).coded >= 25, "pictures decode and carry their instant");
  ok(receiver.received.some(({ type }) => type === "sound"));
  const [link] = sending.stats.at(-1)!.links;
  equal(link?.state, "Live");
  ok(link.rtt_ms! > 0 && link.rtt_ms! < 1_000, `${link.rtt_ms} ms`);
  equal(link.loss_rate, 0);
  deepEqual(await sending.pipeline.update({ encoder: { bitrate_kbps: 300 } }), {
    applied: ["encoder.bitrate_kbps"],
  });
  await stop(sending);
});

Deno.test("[ING5] [ING6] a still picture replaces that of a device that stopped, until the device sends again", async () => {
  const { receiver, port } = await receive(15_040);
  using _receiver = receiver;
  const first = sendTestPicture(port);
  await receiver.until("a picture", (received) => newest(received)?.picture || undefined);
  await stop(first);
  await receiver.until("the loss", (received) => newest(received)?.picture === false || undefined);
  const lost = receiver.received.length;
  await receiver.until(
    "the still picture",
    (received) =>
      received.slice(lost).filter(({ type }) => type === "frame").length >= 4 || undefined,
  );
  const begin = receiver.received.findLastIndex((each) => each.type === "frame" && each.keyframe);
  const still = pictures(receiver.received, begin);
  ok(still.coded === 0 && still.bare >= 4, "the still picture decodes and is none of the device's");
  const back = receiver.received.length;
  const second = sendTestPicture(port);
  await receiver.until("the picture again", (received) => newest(received)?.picture || undefined);
  await waitFor(
    "pictures that decode",
    () => pictures(receiver.received, back).coded > 5 || undefined,
  );
  await stop(second);
});

Deno.test("[ING19] a device without the passphrase is not received", async () => {
  const { receiver, port } = await receive(15_060);
  using _receiver = receiver;
  const sending = sendTestPicture(port, "another-passphrase");
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  equal(newest(receiver.received)?.received_packets, 0);
  deepEqual(sending.stats, []);
  await stop(sending);
});

Deno.test("[ING12] another port is bound when the first is taken, and reported", async () => {
  const taken = createSocket("udp4").bind(15_080, "127.0.0.1");
  await once(taken, "listening");
  const { receiver, port } = await receive(15_080);
  using _receiver = receiver;
  taken.close();
  equal(port, 15_082);
});

Deno.test("[EGR4] [EGR5] a stream is sent on by RTMP and SRT, and again after a destination was closed", async () => {
  await using rtmp = await listenRtmp();
  const srt = "srt://127.0.0.1:15104";
  const destinations = [`rtmp://127.0.0.1:${rtmp.port}/live/KEY`, srt].map((url, at) => ({
    destination_id: DestinationId.parse(`d${at}`),
    url,
  }));
  using worker = startChild<FromWorker>("streams_main.ts");
  await worker.until("the worker", (received) => received[0]);
  worker.report(opening(15_108, destinations));
  const [port = 0] = await worker.until(
    "a bound port",
    (received) => received.find((each) => each.type === "ingest.started")?.payload.ports,
  );
  const egressIn = (received: readonly FromWorker[]) =>
    received.findLast((each) => each.type === "ingest.stats")?.payload.egress ?? [];
  using srtSink = startChild<FromSink>("sink_main.ts", [`${srt}?mode=listener`]);
  await srtSink.until("a listener", (received) => received[0]);
  const sending = sendTestPicture(port);
  const arrives = (what: string, count: () => number) =>
    waitFor(`${what} at a destination`, () => count() > 10 || undefined);
  const ofKind = (kind: string) => srtSink.received.filter((each) => each.kind === kind).length;
  await arrives("pictures by RTMP", () => rtmp.media.video);
  await arrives("sound by RTMP", () => rtmp.media.audio);
  await arrives("pictures by SRT", () => ofKind("video"));
  await arrives("sound by SRT", () => ofKind("audio"));
  const states = await worker.until("two destinations that are fed", (received) => {
    const fed = egressIn(received).filter(({ sent_bytes }) => sent_bytes > 0);
    return fed.length === 2 ? fed : undefined;
  });
  deepEqual(states.map(({ state, detail }) => detail ?? state), ["sending", "sending"]);

  rtmp.cut();
  await worker.until(
    "the loss",
    (received) => egressIn(received)[0]?.state === "waiting" || undefined,
  );
  const before = rtmp.media.video;
  await waitFor("pictures again", () => rtmp.media.video > before + 10 || undefined)
    .catch((cause) => {
      const egress = JSON.stringify(egressIn(worker.received));
      throw new Error(`${worker.received.length} reports came, the last says ${egress}`, { cause });
    });
  const after = await worker.until(
    "the restart",
    (received) => egressIn(received)[0]?.restarts ? egressIn(received) : undefined,
  );
  equal(after[1]?.restarts, 0, "the other destination went on");
  await stop(sending);
});

/**
 * `npm run bench -- fanout [VIEWERS] [SECONDS]`: the processor time that a room needs for its viewers, by send path: 2
 * Mbit/s, 60 pictures and 100 packets of sound a second for each. Viewers have real sockets, keys and senders; another
 * process counts the packets that arrive. `connection_…` is what a real connection costs besides: reports, consent, what
 * browsers send.
 *
 * @module
 */
import process from "node:process";
import { preciseEpoch, systemClock } from "../../protocol/clock.ts";
import { createLog } from "../../protocol/log.ts";
import { systemRandom } from "../../protocol/random.ts";
import { type FastSend, openFastSend } from "../../worker/fast_send/fast_send.ts";
import { h264Payloads } from "../../worker/sending/h264_payloads.ts";
import type { PacketizedFrame, PeerTransport } from "../../worker/sending/ports.ts";
import { weriftPeers } from "../../worker/werift/peer.ts";
import { type AskedProcess, startAsked } from "../support/fanout/asked_process.ts";
import { openFakeViewer } from "../support/fanout/fake_viewers.ts";
import { median, round } from "./figures.ts";

const BITRATE = 2_000_000;
const FRAME_RATE = 60;
const SOUND_RATE = 100;
const SOUND_BYTES = 120;
const PATHS = ["gso", "mmsg", "werift"] as const;
/** The slowest path gets no more viewers: it would only measure its queue. */
const MOST_OF_WERIFT = 30;
const REPEATS = 3;
const WARM_UP = 1_000;
/** How many connections of werift are measured for what a connection costs besides media. */
const CONNECTED = 8;

interface Cost {
  readonly usPerPacket: number;
  readonly sent: number;
  readonly arrived: number;
  /** Processor time of the process, as a share of the time that passed. */
  readonly load: number;
}

/** What pictures and sound are sent to. */
type Receiver = Pick<PeerTransport, "sendVideo" | "sendAudio">;

interface Load {
  readonly viewers: number;
  readonly seconds: number;
  readonly fastSend: FastSend | undefined;
  readonly counter: AskedProcess;
  readonly ports: readonly number[];
}

/** Runs the benchmark and returns the costs of each path. `args`: viewers, and seconds of each of three repeats. */
export async function fanout(args: readonly string[] = []): Promise<Record<string, number>> {
  const viewers = Number(args[0] ?? 300);
  const seconds = Number(args[1] ?? 5);
  const log = createLog({ clock: systemClock, sink: console.log, form: "text" });
  await using counter = startAsked("packet_counter.ts");
  const ports = await counter.ask() as number[];
  const figures: Record<string, number> = { viewers };
  for (const path of PATHS) {
    const fastSend = path === "werift" ? undefined : openFastSend({ log, only: path });
    if (path !== "werift" && !fastSend) continue;
    const served = path === "werift" ? Math.min(viewers, MOST_OF_WERIFT) : viewers;
    const costs: Cost[] = [];
    for (let n = 0; n < REPEATS; n++) {
      costs.push(await measure({ viewers: served, seconds, fastSend, counter, ports }));
    }
    const sent = sum(costs.map((cost) => cost.sent));
    const arrived = sum(costs.map((cost) => cost.arrived));
    const loads = costs.map(({ load }) => `${Math.round(100 * load)} %`).join(", ");
    console.log(`${path}: ${arrived} of ${sent} packets arrived; processor time ${loads}`);
    const us = median(costs.map(({ usPerPacket }) => usPerPacket));
    for (const [name, value] of Object.entries(costOf(us))) figures[`${name}_${path}`] = value;
    figures[`lost_percent_${path}`] = round(100 * (1 - arrived / sent));
    if ("us_per_packet" in figures) continue;
    Object.assign(figures, costOf(us));
    const load = { viewers: CONNECTED, seconds, fastSend, counter, ports };
    const [connected, bare] = [await measureConnected(load), await measure(load)];
    figures.connection_cpu_percent_per_viewer = round(100 * (connected - bare.load) / CONNECTED);
  }
  return figures;
}

/** What a viewer costs when a packet costs so many microseconds. */
function costOf(us: number) {
  const packets = FRAME_RATE * frameAt(0).payloads.length + SOUND_RATE;
  const percent = us * packets / 10_000;
  return {
    us_per_packet: round(us),
    cpu_percent_per_viewer: Math.round(percent * 10_000) / 10_000,
    viewers_per_core: Math.floor(100 / percent),
  };
}

async function measure({ viewers: count, seconds, fastSend, counter, ports }: Load): Promise<Cost> {
  const viewers = await Promise.all(
    Array.from(
      { length: count },
      (_, index) => openFakeViewer({ port: ports[index % ports.length]!, index, fastSend }),
    ),
  );
  const sentByAll = () => sum(viewers.map(({ sent }) => sent()));
  const arrivedBefore = await counter.ask("count") as number;
  const room = play(viewers.map(({ sender }) => sender));
  await pause(WARM_UP);
  const before = sentByAll();
  const { cpu, elapsed } = await spent(seconds);
  const packets = sentByAll() - before;
  room[Symbol.dispose]();
  await pause(500);
  const arrived = await counter.ask("count") as number - arrivedBefore;
  const sent = sentByAll();
  for (const viewer of viewers) await viewer[Symbol.asyncDispose]();
  return { usPerPacket: cpu / packets, sent, arrived, load: cpu / elapsed };
}

/** The processor time of real connections, with all that they need, as a share of the time that passed. */
async function measureConnected(
  { viewers, seconds, fastSend }: Pick<Load, "viewers" | "seconds" | "fastSend">,
): Promise<number> {
  await using browsers = startAsked("far_browsers_main.ts");
  const createPeer = weriftPeers({
    clock: systemClock,
    random: systemRandom,
    fastSend: () => fastSend,
  });
  const peers: PeerTransport[] = [];
  for (let n = 0; n < viewers; n++) peers.push(await connect(createPeer, browsers));
  const room = play(peers);
  await pause(WARM_UP);
  const before = await browsers.ask("count") as number;
  const { cpu, elapsed } = await spent(seconds);
  const arrived = await browsers.ask("count") as number - before;
  if (arrived === 0) throw new Error("No packet arrived at the connected browsers");
  room[Symbol.dispose]();
  for (const peer of peers) peer[Symbol.dispose]();
  return cpu / elapsed;
}

async function connect(
  createPeer: ReturnType<typeof weriftPeers>,
  browsers: AskedProcess,
): Promise<PeerTransport> {
  const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
  const peer = createPeer({ iceServers: [], extraAddresses: ["127.0.0.1"] }, {
    candidate: () => {},
    connected: resolve,
    message: () => {},
    rtcpReceived: () => {},
    keyframeRequested: () => {},
    remb: () => {},
    loss: () => {},
    sent: () => {},
    packets: () => {},
    closed: (reason) => reject(new Error(reason)),
  });
  const answer = await browsers.ask(JSON.stringify(await peer.offer())) as string;
  const { error } = await peer.accept(answer);
  if (error !== undefined) throw new Error(error);
  await connected;
  return peer;
}

/** Waits, and returns the processor time of this process and the time that passed, in microseconds. */
async function spent(seconds: number): Promise<{ readonly cpu: number; readonly elapsed: number }> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await pause(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: user + system, elapsed: 1000 * (performance.now() - began) };
}

/** Sends pictures and sound to all, as a room does: each goes to every viewer at the same time. */
function play(viewers: readonly Receiver[]): Disposable {
  const pictures = repeat(FRAME_RATE, (index) => {
    const frame = frameAt(index);
    for (const viewer of viewers) viewer.sendVideo(frame);
  });
  const sound = repeat(SOUND_RATE, (index) => {
    const packet = { data: new Uint8Array(SOUND_BYTES), timestamp: 480 * index };
    for (const viewer of viewers) viewer.sendAudio(packet);
  });
  return {
    [Symbol.dispose]() {
      pictures[Symbol.dispose]();
      sound[Symbol.dispose]();
    },
  };
}

/** Runs `task` so many times a second. On a machine that is too busy, times are skipped, as a room skips frames. */
function repeat(rate: number, task: (index: number) => void): Disposable {
  const began = performance.now();
  let index = 0;
  const next = (): ReturnType<typeof setTimeout> => {
    task(index++);
    index = Math.max(index, Math.floor((performance.now() - began) * rate / 1000));
    const due = began + 1000 * index / rate;
    return setTimeout(() => timer = next(), Math.max(0, due - performance.now()));
  };
  let timer = next();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** A picture as the packetizer leaves it. */
function frameAt(index: number): PacketizedFrame {
  const bytes = new Uint8Array(Math.round(BITRATE / 8 / FRAME_RATE)).fill(0x55);
  bytes.set([0, 0, 0, 1, index === 0 ? 0x65 : 0x41]);
  const payloads = h264Payloads(bytes);
  return {
    codec: "h264",
    keyframe: index === 0,
    timestamp: index * 1_500,
    capturedAt: preciseEpoch(),
    data: bytes,
    payloads,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

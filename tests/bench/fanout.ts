/**
 * `npm run bench -- fanout [VIEWERS] [SECONDS]`: the processor time that a room needs for its viewers, by send path: 2
 * Mbit/s, 60 pictures and 100 packets of sound a second for each. Viewers have real sockets, keys and senders; another
 * process counts the packets that arrive. What browsers send to the room, and reports, are not part of it.
 *
 * @module
 */
import process from "node:process";
import { systemClock } from "../../protocol/clock.ts";
import { createLog } from "../../protocol/log.ts";
import { type FastSend, openFastSend } from "../../worker/fast_send/fast_send.ts";
import { h264Payloads } from "../../worker/sending/h264_payloads.ts";
import type { PacketizedFrame } from "../../worker/sending/ports.ts";
import { type FakeViewer, openFakeViewer } from "../support/media/fake_viewers.ts";
import { type PacketCounter, startPacketCounter } from "../support/media/packet_counts.ts";
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

interface Cost {
  readonly usPerPacket: number;
  readonly sent: number;
  readonly arrived: number;
  /** Processor time of the process, as a share of the time that passed. */
  readonly load: number;
}

interface Load {
  readonly viewers: number;
  readonly seconds: number;
  readonly fastSend: FastSend | undefined;
  readonly counter: PacketCounter;
}

/** Runs the benchmark and returns the costs of each path. `args`: viewers, and seconds of each of three repeats. */
export async function fanout(args: readonly string[] = []): Promise<Record<string, number>> {
  const viewers = Number(args[0] ?? 300);
  const seconds = Number(args[1] ?? 5);
  const log = createLog({ clock: systemClock, sink: console.log, form: "text" });
  console.log(`load average ${Deno.loadavg().map(round).join(" ")}`);
  await using counter = await startPacketCounter();
  const figures: Record<string, number> = { viewers };
  for (const path of PATHS) {
    const fastSend = path === "werift" ? undefined : openFastSend({ log, only: path });
    if (path !== "werift" && !fastSend) continue;
    const served = path === "werift" ? Math.min(viewers, MOST_OF_WERIFT) : viewers;
    const costs: Cost[] = [];
    for (let n = 0; n < REPEATS; n++) {
      costs.push(await measure({ viewers: served, seconds, fastSend, counter }));
    }
    const sent = sum(costs.map((cost) => cost.sent));
    const arrived = sum(costs.map((cost) => cost.arrived));
    const loads = costs.map(({ load }) => `${Math.round(100 * load)} %`).join(", ");
    console.log(`${path}: ${arrived} of ${sent} packets arrived; processor time ${loads}`);
    const us = median(costs.map(({ usPerPacket }) => usPerPacket));
    for (const [name, value] of Object.entries(costOf(us))) figures[`${name}_${path}`] = value;
    figures[`lost_percent_${path}`] = round(100 * (1 - arrived / sent));
    if (!("us_per_packet" in figures)) Object.assign(figures, costOf(us));
  }
  console.log(`load average ${Deno.loadavg().map(round).join(" ")}`);
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

async function measure({ viewers: count, seconds, fastSend, counter }: Load): Promise<Cost> {
  const viewers: FakeViewer[] = [];
  for (let index = 0; index < count; index++) {
    const port = counter.ports[index % counter.ports.length]!;
    viewers.push(await openFakeViewer({ port, index, fastSend }));
  }
  const sentByAll = () => sum(viewers.map(({ sent }) => sent()));
  const arrivedBefore = await counter.count();
  const room = play(viewers);
  await pause(WARM_UP);
  const [cpu, began, before] = [process.cpuUsage(), performance.now(), sentByAll()];
  await pause(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = performance.now() - began;
  const packets = sentByAll() - before;
  room[Symbol.dispose]();
  await pause(500);
  const arrived = await counter.count() - arrivedBefore;
  const sent = sentByAll();
  for (const viewer of viewers) await viewer[Symbol.asyncDispose]();
  return {
    usPerPacket: (user + system) / packets,
    sent,
    arrived,
    load: (user + system) / 1000 / elapsed,
  };
}

/** Sends pictures and sound to all, as a room does: each goes to every viewer at the same time. */
function play(viewers: readonly FakeViewer[]): Disposable {
  const pictures = repeat(FRAME_RATE, (index) => {
    const frame = frameAt(index);
    for (const { sender } of viewers) sender.sendVideo(frame);
  });
  const sound = repeat(SOUND_RATE, (index) => {
    const packet = { data: new Uint8Array(SOUND_BYTES), timestamp: 480 * index };
    for (const { sender } of viewers) sender.sendAudio(packet);
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
  return { codec: "h264", keyframe: index === 0, timestamp: index * 1_500, payloads };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

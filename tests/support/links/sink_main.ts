/**
 * The receiving end of a link in a process of its own: it counts numbered packets, and every 100 ms it
 * reports what it has and asks for a keyframe.
 *
 * @module
 */
import process from "node:process";
import { every, preciseEpoch, systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { receiveRist } from "../../../worker/ingest/rist/rist_receiver.ts";
import { receiveSrt } from "../../../worker/ingest/srt/receiver.ts";
import { NUMBERED_SIZE, readNumbers, readTimes } from "./numbered.ts";
import type { FromLinkSink } from "../field/children.ts";

const [scheme, passphrase = "", latency = "0", address = "", ...ports] = process.argv.slice(2);
const seen = new Set<number>();
let waiting = new Uint8Array();
let callers = 0;
/** From sending to receiving, in milliseconds. */
const waits: number[] = [];

const options = {
  clock: systemClock,
  instant: preciseEpoch,
  epochOrigin: preciseEpoch() - systemClock.now(),
  address,
  ports: ports.map(Number),
  latency: Number(latency),
  passphrase,
  listener: {
    bound: () => send({ type: "bound" }),
    connected: () => void callers++,
    bytes(bytes: Uint8Array) {
      const whole = new Uint8Array([...waiting, ...bytes]);
      const end = whole.length - whole.length % NUMBERED_SIZE;
      for (const number of readNumbers(whole.subarray(0, end))) seen.add(number);
      for (const time of readTimes(whole.subarray(0, end))) {
        if (time > 0) waits.push(preciseEpoch() - time);
      }
      waiting = whole.subarray(end);
    },
    disconnected: () => {},
    failed: (error: string) => send({ type: "failed", error }),
  },
};
const receiver = scheme === "rist"
  ? receiveRist({ ...options, random: systemRandom, range: [0, 0] })
  : receiveSrt(options, { missing: console.warn });

every(systemClock, 100, () => {
  receiver.requestKeyframe();
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
  const { recovered } = receiver.figures ?? {};
  const times = { p50: at(0.5), p95: at(0.95) };
  send({ type: "count", count: seen.size, callers, recovered, waits: times });
});

function send(message: FromLinkSink): void {
  if (process.connected) process.send!(message);
}

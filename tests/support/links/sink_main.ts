/**
 * The receiving end of a link in a process of its own: it counts numbered packets, and every 100 ms it
 * reports what it has and asks for a keyframe.
 *
 * @module
 */
import process from "node:process";
import { every, systemClock } from "../../../protocol/clock.ts";
import { receiveSrt } from "../../../worker/ingest/srt/receiver.ts";
import { NUMBERED_SIZE, readNumbers } from "./numbered.ts";
import type { FromLinkSink } from "../field/children.ts";

const [port = "0", passphrase, latency = "0"] = process.argv.slice(2);
const seen = new Set<number>();
let waiting = new Uint8Array();
let callers = 0;

const receiver = receiveSrt({
  clock: systemClock,
  address: "127.0.0.1",
  ports: [Number(port)],
  latency: Number(latency),
  passphrase,
  listener: {
    bound: () => send({ type: "bound" }),
    connected: () => void callers++,
    bytes(bytes) {
      const whole = new Uint8Array([...waiting, ...bytes]);
      const end = whole.length - whole.length % NUMBERED_SIZE;
      for (const number of readNumbers(whole.subarray(0, end))) seen.add(number);
      waiting = whole.subarray(end);
    },
    disconnected: () => {},
    failed: (error) => send({ type: "failed", error }),
  },
}, { missing: console.warn });

every(systemClock, 100, () => {
  receiver.requestKeyframe();
  send({ type: "count", count: seen.size, callers, recovered: receiver.figures?.recovered });
});

function send(message: FromLinkSink): void {
  if (process.connected) process.send!(message);
}

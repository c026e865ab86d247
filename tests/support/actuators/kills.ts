/**
 * Kills an agent while a wheel turns, and finds what its guard wrote until it ended.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** The width at rest, in microseconds. */
export const NEUTRAL = 1500;

/** One write of the guard. `at`: milliseconds on its clock. */
export interface Written {
  readonly sequence: number;
  readonly at: number;
  readonly width: number;
}

/** Starts an agent, kills it once its wheel has turned for some writes, and returns all writes of its guard. */
export async function killWhileDriving(silence: number): Promise<readonly Written[]> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const writes: Written[] = [];
  const agent = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      "--no-check",
      new URL("driver_main.ts", import.meta.url).pathname,
      `${socket.address().port}`,
      `${silence}`,
    ],
    stdin: "null",
  }).spawn();
  let turned = 0;
  let isKilled = false;
  const over = Promise.withResolvers<void>();
  socket.on("message", (bytes) => {
    const { sequence, at, pulses } = JSON.parse(bytes.toString());
    const width = pulses[0];
    writes.push({ sequence, at, width });
    if (width !== NEUTRAL && ++turned === 10) {
      agent.kill("SIGKILL");
      isKilled = true;
    }
    if (isKilled && width === NEUTRAL) over.resolve();
  });
  await agent.status;
  await over.promise;
  socket.close();
  return writes;
}

/** How long the outputs were off neutral after the last control came, in milliseconds of the guard's clock. */
export function heldFor(writes: readonly Written[]): number {
  const driven = writes.filter(({ width }) => width !== NEUTRAL);
  const last = driven.at(-1)!;
  const came = driven.find(({ width }) => width === last.width)!;
  const neutral = writes.find(({ sequence }) => sequence > last.sequence)!;
  return neutral.at - came.at;
}

/** The longest time in which the guard wrote nothing until it was neutral: the machine did not run it, in milliseconds. */
export function stalledFor(writes: readonly Written[]): number {
  const neutral = writes.findLastIndex(({ width }) => width !== NEUTRAL) + 1;
  const gaps = writes.slice(1, neutral + 1).map(({ at }, index) => at - writes[index]!.at);
  return Math.max(...gaps);
}

/**
 * Measures the offset of the other end's clock by an exchange on the `clock` channel: this end sends its time (T1),
 * the other end returns it at once with its own time (T2), and the answer arrives at T4. Offset = T2 − (T1 + T4) /
 * 2 and RTT = T4 − T1 (NTP's on-wire protocol, RFC 5905 §8, with T2 = T3).
 *
 * @module
 */
import * as z from "zod/mini";
import { pack, unpack } from "../msgpack.ts";
import { CHANNELS } from "./channels.ts";

/** Period of the client's messages, in milliseconds. */
export const CLOCK_PERIOD = 1_000;

/** Milliseconds on the clock of the end that wrote the field. */
const Bounce = z.object({
  client: z.number(),
  server: z.optional(z.number()),
  /** The client's newest round trip in milliseconds, for the other end to show; absent before the first. */
  rtt: z.optional(z.number().check(z.gte(0), z.lte(60_000))),
});
/**
 * A clock message: the time at which the client sent it, the time at which the server answered (absent before), and the
 * client's newest round trip.
 */
export type Bounce = z.infer<typeof Bounce>;

/** Writes a clock message. */
export function encodeBounce(bounce: Bounce): Uint8Array<ArrayBuffer> {
  return pack(bounce);
}

/** Reads a clock message; `undefined` when it is none. */
export function decodeBounce(bytes: Uint8Array): Bounce | undefined {
  return bytes.length > CHANNELS.clock.most ? undefined : Bounce.safeParse(unpack(bytes)).data;
}

/** The result of one exchange. */
export interface ClockSample {
  /** Round trip in milliseconds. */
  readonly rtt: number;
  /** The other end's clock minus this end's, in milliseconds. */
  readonly offset: number;
}

/** Computes one exchange from T1, T2 and T4. */
export function measure(sent: number, theirs: number, received: number): ClockSample {
  return { rtt: received - sent, offset: theirs - (sent + received) / 2 };
}

/** The exchange with the shortest round trip, where an asymmetry of the path counts least. */
export function bestSample(samples: readonly ClockSample[]): ClockSample | undefined {
  let best: ClockSample | undefined;
  for (const sample of samples) if (!best || sample.rtt < best.rtt) best = sample;
  return best;
}

/** The offset of the best exchange. */
export function bestOffset(samples: readonly ClockSample[]): number | undefined {
  return bestSample(samples)?.offset;
}

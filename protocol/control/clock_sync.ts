/**
 * How far the other end's clock is ahead of ours, from the exchange on the `clock` channel: our time goes
 * out (T1), comes back at once with theirs (T2), and arrives at T4. Offset = T2 − (T1 + T4) / 2 and
 * RTT = T4 − T1 (NTP's on-wire protocol, RFC 5905 §8, with T2 = T3).
 *
 * @module
 */
import * as z from "zod/mini";
import { pack, unpack } from "../msgpack.ts";

/** How often the client asks, in milliseconds. */
export const CLOCK_PERIOD = 1_000;

/** Milliseconds on the clock of the end that wrote the field. */
const Bounce = z.object({ client: z.number(), server: z.optional(z.number()) });
/** A clock message: the moment the client asked, and the moment the server answered; absent in a question. */
export type Bounce = z.infer<typeof Bounce>;

/** Writes a clock message. */
export function encodeBounce(bounce: Bounce): Uint8Array<ArrayBuffer> {
  return pack(bounce);
}

/** Anything that is not a clock message is `undefined`. */
export function decodeBounce(bytes: Uint8Array): Bounce | undefined {
  return bytes.length > 64 ? undefined : Bounce.safeParse(unpack(bytes)).data;
}

/** What one question and its answer measured. */
export interface ClockSample {
  /** Round trip in milliseconds. */
  readonly rtt: number;
  /** Their clock minus ours, in milliseconds. */
  readonly offset: number;
}

/** One exchange, from the three instants it yields. */
export function measure(sent: number, theirs: number, received: number): ClockSample {
  return { rtt: received - sent, offset: theirs - (sent + received) / 2 };
}

/** The offset worth believing: that of the quickest exchange, which had the least room for asymmetry. */
export function bestOffset(samples: readonly ClockSample[]): number | undefined {
  let best: ClockSample | undefined;
  for (const sample of samples) if (!best || sample.rtt < best.rtt) best = sample;
  return best?.offset;
}

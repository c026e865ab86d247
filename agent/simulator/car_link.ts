/**
 * The simulated car's two UDP ports of loopback: at one it takes the datagrams of the actuator `udp:PORT`, to the other
 * it sends its readings.
 *
 * Output 0 steers and output 1 drives: 1000 to 2000 µs, neutral at 1500. Output 2 asks the car back to the road above
 * 1750 µs.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { openUdp } from "../../protocol/datagram/udp.ts";
import type { Received } from "./drive.ts";

/** The car's ports of loopback. */
export interface CarPorts {
  /** Where it takes control. */
  readonly control: number;
  /** Where its readings are sent; absent: nowhere. */
  readonly telemetry?: number | undefined;
}

/** What drives the car and takes its readings. Disposing closes the ports. */
export interface CarLink extends Disposable {
  /** The newest control; `undefined` before the first. */
  readonly received: Received | undefined;
  /** Sends readings by name. */
  report(readings: Readonly<Record<string, number>>): void;
}

const LOOPBACK = "127.0.0.1";
/** A longer datagram is dropped, in bytes. */
const LONGEST = 1_400;
/** Between two warnings, in milliseconds. */
const WARN_PERIOD = 60_000;
const NEUTRAL = 1_500;
const REACH = 500;
const ASKED = 1_750;

const Width = z.number().check(z.gte(0), z.lte(10_000));
/** A datagram of the actuator; other fields are left out. */
const Pulses = z.object({
  pulses: z.object({ 0: z.optional(Width), 1: z.optional(Width), 2: z.optional(Width) }),
});

/**
 * Binds the ports. Without ports the car stands where it is.
 *
 * @throws {Error} when the port for control cannot be bound
 */
export async function openCarLink(
  ports: CarPorts | undefined,
  { clock, warn }: { readonly clock: Clock; readonly warn: (text: string) => void },
): Promise<CarLink> {
  if (!ports) return { received: undefined, report: () => {}, [Symbol.dispose]: () => {} };
  const { control, telemetry } = ports;
  const reader = new ControlReader({ clock, warn });
  const socket = await openUdp({
    host: LOOPBACK,
    port: control,
    received: (datagram) => reader.read(datagram),
  });
  return {
    get received() {
      return reader.newest;
    },
    report(readings) {
      if (telemetry === undefined) return;
      const datagram = new TextEncoder().encode(JSON.stringify(readings));
      socket.send(datagram, { host: LOOPBACK, port: telemetry });
    },
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  };
}

/** Keeps the newest control of the datagrams. Those that cannot be read are dropped and counted. */
export class ControlReader {
  readonly #clock: Clock;
  readonly #warn: (text: string) => void;
  #newest: Received | undefined;
  #dropped = 0;
  #warnedAt: Millis | undefined;

  constructor({ clock, warn }: { readonly clock: Clock; readonly warn: (text: string) => void }) {
    this.#clock = clock;
    this.#warn = warn;
  }

  /** The newest control. */
  get newest(): Received | undefined {
    return this.#newest;
  }

  /** Datagrams that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a datagram. */
  read(datagram: Uint8Array): void {
    const now = this.#clock.now();
    const found = datagram.length > LONGEST ? undefined : parse(datagram);
    if (found) {
      const { 0: steering, 1: throttle, 2: asked } = found.pulses;
      this.#newest = {
        steering: valueOf(steering),
        throttle: valueOf(throttle),
        reset: (asked ?? NEUTRAL) > ASKED,
        at: now,
      };
      return;
    }
    this.#dropped += 1;
    if (this.#warnedAt !== undefined && now - this.#warnedAt < WARN_PERIOD) return;
    this.#warnedAt = now;
    this.#warn(
      `Cannot read control of the simulated car: ${this.#dropped} datagrams were dropped so far, ` +
        `the newest of ${datagram.length} bytes`,
    );
  }
}

function parse(datagram: Uint8Array): z.infer<typeof Pulses> | undefined {
  try {
    return Pulses.safeParse(JSON.parse(new TextDecoder().decode(datagram))).data;
  } catch {
    return undefined;
  }
}

function valueOf(width: number = NEUTRAL): number {
  return Math.max(-1, Math.min(1, (width - NEUTRAL) / REACH));
}

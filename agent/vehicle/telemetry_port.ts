/**
 * The UDP port of loopback at which programs on the device report readings of the vehicle: each datagram is a JSON
 * object of numbers by name, such as `{"battery_v": 11.8, "speed_mps": 2.5}`.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import { openUdp } from "../../protocol/datagram/udp.ts";
import type { Log } from "../../protocol/log.ts";
import type { ReadingStore } from "./readings.ts";

const LOOPBACK = "127.0.0.1";
/** A longer datagram is dropped, in bytes. */
const LONGEST = 1_400;
/** Datagrams that are read in a second; further ones are dropped. */
const MOST = 200;
/** Between two warnings, in milliseconds. */
const WARN_PERIOD = 60_000;

interface PortOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly readings: ReadingStore;
}

/**
 * Opens the port.
 *
 * @throws {Error} when it cannot be bound
 */
export function openTelemetryPort(
  port: number,
  options: PortOptions,
): Promise<Disposable & { readonly port: number }> {
  const receive = telemetryReader(options);
  return openUdp({ host: LOOPBACK, port, received: (datagram) => receive(datagram) });
}

/** Makes the function that reads a datagram. */
export function telemetryReader(
  { clock, log, readings }: PortOptions,
): (datagram: Uint8Array) => void {
  let second: { readonly began: Millis; count: number } = { began: clock.now(), count: 0 };
  let warnedAt: number = -Infinity;

  function warn(why: string): void {
    const now = clock.now();
    if (now - warnedAt < WARN_PERIOD) return;
    warnedAt = now;
    log.warn("a program's readings of the vehicle were dropped", { why });
  }

  return (datagram) => {
    const now = clock.now();
    if (now - second.began >= 1_000) second = { began: now, count: 0 };
    if (++second.count > MOST) return warn(`more than ${MOST} datagrams came in a second`);
    if (datagram.length > LONGEST) return warn(`${datagram.length} bytes are more than ${LONGEST}`);
    const values = readObject(datagram);
    if (!values) return warn("it was no JSON object");
    const { taken, refused } = readings.take(values, now);
    if (refused.length > 0) warn(`out of range or no number: ${refused.join(", ")}`);
    else if (taken === 0) warn(`it had none of the known names`);
  };
}

function readObject(datagram: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(datagram));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined;
  }
}

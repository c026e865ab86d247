/**
 * Actuators that get each write as one frame: over a serial line or in a datagram.
 *
 * @module
 */
import type { Pulse } from "../outputs.ts";
import type { Actuator } from "../ports.ts";

/** Takes frames. */
export interface FramePort extends Disposable {
  /** Throws with a sentence when the frame cannot be sent. */
  write(frame: Uint8Array<ArrayBuffer>): void;
}

/** An actuator that makes a frame of each write; `sequence` counts them from 0. */
export function framed(
  port: FramePort,
  frameOf: (pulses: readonly Pulse[], sequence: number) => Uint8Array<ArrayBuffer>,
): Actuator {
  let sequence = 0;
  return {
    write: (pulses) => port.write(frameOf(pulses, sequence++)),
    [Symbol.dispose]: () => port[Symbol.dispose](),
  };
}

/**
 * The datagram for a program on the same machine: `{"sequence":7,"at":81.5,"pulses":{"0":1500}}`. Widths are µs; `at`:
 * when it was written, in milliseconds of a clock that only grows.
 */
export function jsonFrame(
  pulses: readonly Pulse[],
  { sequence, at }: { readonly sequence: number; readonly at: number },
): Uint8Array<ArrayBuffer> {
  const widths = pulses.map(({ output, width }) => [output, Math.round(width * 10) / 10]);
  const text = JSON.stringify({ sequence, at, pulses: Object.fromEntries(widths) });
  return new TextEncoder().encode(text);
}

import type { Actuator, ActuatorsState } from "../../../agent/actuators/ports.ts";
import type { Pulse } from "../../../agent/actuators/outputs.ts";
import type { Clock, Millis } from "../../../protocol/clock.ts";

/** A bus that keeps what is written to it, and fails when the test says so. */
export class FakeActuator implements Actuator {
  readonly writes: { readonly at: Millis; readonly pulses: readonly Pulse[] }[] = [];
  readonly reports: (ActuatorsState | string)[] = [];
  isClosed = false;
  fault: string | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The widths of the last write. */
  get widths(): number[] {
    return this.writes.at(-1)?.pulses.map(({ width }) => width) ?? [];
  }

  open = (): Actuator => {
    if (this.fault) throw new Error(this.fault);
    this.isClosed = false;
    return this;
  };

  write(pulses: readonly Pulse[]): void {
    if (this.fault) throw new Error(this.fault);
    this.writes.push({ at: this.#clock.now(), pulses });
  }

  /** Keeps what the actuators report. */
  listener = {
    changed: (state: ActuatorsState) => void this.reports.push(state),
    refused: (code: string) => void this.reports.push(code),
  };

  [Symbol.dispose](): void {
    this.isClosed = true;
  }
}

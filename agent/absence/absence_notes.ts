/**
 * Notes the device's state while its coordinator is away, to be reported when it is back. Bounded: of too many readings
 * every second one is dropped and the others go on twice as far apart; of too many changes the oldest are dropped.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import {
  type AbsenceReport,
  MAX_CHANGE,
  MAX_CHANGES,
  MAX_READINGS,
} from "../../protocol/field/absence.ts";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { toPlainText } from "../../protocol/plain_text.ts";

/** The first distance of two readings, in milliseconds. */
const PERIOD = 30_000;
/** A shorter absence is an ordinary reconnect and is not reported, in milliseconds. */
const WORTH_TELLING = 10_000;

type At<T> = Omit<T, "age_ms"> & { readonly at: Millis };
type Reading = At<AbsenceReport["readings"][number]>;
type Change = At<AbsenceReport["changes"][number]>;

/** The notes of the absence that lasts. */
export class AbsenceNotes {
  #since: Millis | undefined;
  #period = PERIOD;
  #readings: Reading[] = [];
  #changes: Change[] = [];
  #leftOut = 0;
  #before: DeviceStatus | undefined;

  /** Notes the state at a moment of the absence; the first one begins it. */
  note(status: DeviceStatus, now: Millis): void {
    this.#since ??= now;
    if (this.#before) {
      const texts = changesOf(this.#before, status);
      this.#changes.push(
        ...texts.map((text) => ({ at: now, text: toPlainText(text, MAX_CHANGE) })),
      );
      this.#leftOut += Math.max(0, this.#changes.length - MAX_CHANGES);
      this.#changes = this.#changes.slice(-MAX_CHANGES);
    }
    this.#before = status;
    const newest = this.#readings.at(-1);
    if (newest && now - newest.at < this.#period) return;
    this.#readings.push({ at: now, ...readingOf(status) });
    if (this.#readings.length <= MAX_READINGS) return;
    this.#readings = this.#readings.filter((_, index) => index % 2 === 0);
    this.#period *= 2;
  }

  /** The report of the absence that ends; `undefined` when there is none that is worth telling. */
  report(now: Millis): AbsenceReport | undefined {
    const since = this.#since;
    if (since === undefined || now - since < WORTH_TELLING) return undefined;
    const aged = <T extends { at: Millis }>({ at, ...rest }: T) => ({ age_ms: now - at, ...rest });
    return {
      lasted_ms: now - since,
      readings: this.#readings.map(aged),
      changes: this.#changes.map(aged),
      left_out: this.#leftOut,
    };
  }

  /** Forgets the absence, which was reported or was short. */
  clear(): void {
    this.#since = undefined;
    this.#period = PERIOD;
    this.#readings = [];
    this.#changes = [];
    this.#leftOut = 0;
    this.#before = undefined;
  }
}

function readingOf(status: DeviceStatus): Omit<Reading, "at"> {
  const { cpu_percent, temperature_c, stream_state, network_interfaces } = status;
  const levels = network_interfaces.flatMap(({ state, signal_dbm }) =>
    state === "connected" && typeof signal_dbm === "number" ? [signal_dbm] : []
  );
  return {
    cpu_percent,
    stream_state,
    ...(typeof temperature_c === "number" && { temperature_c }),
    ...(levels.length > 0 && { signal_dbm: Math.min(...levels) }),
  };
}

/** What changed between two states, as `eth0: connected, then disconnected`. */
export function changesOf(before: DeviceStatus, after: DeviceStatus): string[] {
  const states = ({ network_interfaces, media_inputs, stream_state }: DeviceStatus) =>
    new Map<string, string>([
      ["stream", stream_state],
      ...network_interfaces.map(({ name, state }) => [name, state] as const),
      ...media_inputs.map(({ label, device, status }) => [label || device, status] as const),
    ]);
  const [was, is] = [states(before), states(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [old, now] = [was.get(name) ?? "absent", is.get(name) ?? "absent"];
    return old === now ? [] : [`${name}: ${old}, then ${now}`];
  });
}

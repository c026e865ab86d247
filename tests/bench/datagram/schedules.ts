/**
 * Runs the property test of datagram links over many random schedules, more than the gate has time for:
 * `npm run bench -- schedules [COUNT]`. It fails at the first batch that is lost, comes twice or out of order.
 *
 * @module
 */
import { runSchedule } from "../../support/datagram/schedule.ts";
import { percentile, round } from "../figures.ts";

const DEFAULT_COUNT = 10_000;

/**
 * Runs the schedules from seed 1 on. `args[0]`: their number.
 *
 * @throws {Error} when a schedule does not end as it has to.
 */
// deno-lint-ignore require-await -- every benchmark returns a promise
export async function schedules(args: readonly string[] = []): Promise<Record<string, number>> {
  const count = Number(args[0] ?? DEFAULT_COUNT);
  const began = performance.now();
  const took: number[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const outcome = runSchedule(seed);
    const isRight = outcome.ends.length === 0 &&
      JSON.stringify(outcome.sent) === JSON.stringify(outcome.received);
    if (!isRight) {
      throw new Error(`Cannot accept schedule ${seed}: ${JSON.stringify(outcome)}`);
    }
    took.push(outcome.took);
  }
  return {
    schedules: count,
    seconds: round((performance.now() - began) / 1000),
    virtual_ms_p50: round(percentile(took, 0.5)),
    virtual_ms_max: round(percentile(took, 1)),
  };
}

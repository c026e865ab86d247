/**
 * Lists the workers that are unreachable. The coordinator removes a worker that stays away after a short time; here it
 * is listed as lost for a day, or until it is back, so that operators notice. A worker that was draining is not listed.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import type { WorkerView } from "../worker_entry.ts";
import type { WorkerReading } from "./readings.ts";

/** How long a worker that went away is listed as lost, in milliseconds. */
export const MISSED_FOR = 24 * 3_600_000;

interface SeenWorker {
  readonly name: string;
  readonly draining: boolean;
  readonly seenAt: Millis;
}

/** The workers that were connected within {@linkcode MISSED_FOR}. */
export class MissedWorkers {
  readonly #known = new Map<WorkerId, SeenWorker>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every worker that is connected or listed as lost. */
  read(views: readonly WorkerView[]): WorkerReading[] {
    const now = this.#clock.now();
    for (const { hello: { worker_id, name }, state } of views) {
      if (state === "lost") continue;
      this.#known.set(worker_id, { name, draining: state === "draining", seenAt: now });
    }
    for (const [workerId, { draining, seenAt }] of this.#known) {
      const gone = seenAt !== now;
      if (gone && (draining || now - seenAt >= MISSED_FOR)) this.#known.delete(workerId);
    }
    return [...this.#known].map(([workerId, { name, seenAt }]) => ({
      workerId,
      name,
      lost: seenAt !== now,
    }));
  }
}

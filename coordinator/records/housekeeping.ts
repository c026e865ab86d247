/**
 * Removes old rows once a day: logins, API tokens, invitations and share links that expired, and history
 * beyond its age or number.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { Store, Table } from "../ports.ts";
import { type Position, positionOf } from "./table.ts";
import type { Tables } from "./tables.ts";
import { specOf } from "./tables.ts";

const DAY = 24 * 3_600_000;
/** How long a cleared alert is kept, in milliseconds. */
export const KEEP_ALERTS = 30 * DAY;
/** How long ended streams and the audit log are kept, in milliseconds. */
export const KEEP_HISTORY = 400 * DAY;
/** How long the last minutes of ended streams are kept, in milliseconds. */
export const KEEP_TRAILS = 30 * DAY;
/** Of how many ended streams they are kept; each takes some 15 kB. */
export const MOST_TRAILS = 2_000;

/** Rows read at once; bounded, because other work waits meanwhile. */
const BATCH = 200;

/** Removes old rows from the store until disposed. */
export class Housekeeping implements Disposable {
  readonly #ports: { store: Store; clock: Clock; log: Log };
  readonly #period: Disposable;

  constructor(ports: { store: Store; clock: Clock; log: Log }) {
    this.#ports = ports;
    this.#period = every(ports.clock, DAY, () => {
      this.clean().catch((error) => ports.log.error("housekeeping failed", { error }));
    });
  }

  [Symbol.dispose](): void {
    this.#period[Symbol.dispose]();
  }

  /**
   * Removes the rows that are due, and returns their number. Expired rows are kept for a day, so that a person who
   * uses one late gets the reason that it expired.
   */
  async clean(): Promise<number> {
    const now = this.#ports.clock.epoch();
    const removed = [
      await this.#remove("logins", {}, (row) => row.expires_at <= now - DAY),
      await this.#remove("apiTokens", {}, (row) => row.expires_at <= now - DAY),
      await this.#remove("invitations", {}, (row) => row.expires_at <= now - DAY),
      await this.#remove("shareLinks", {}, (row) => (row.expires_at ?? Infinity) <= now - DAY),
      await this.#remove(
        "alerts",
        { state: "cleared" },
        (row) => row.raised_at <= now - KEEP_ALERTS,
      ),
      await this.#remove("streams", { active: "0" }, (row) => row.asked_at <= now - KEEP_HISTORY),
      await this.#remove("trails", {}, (row) => row.ended_at <= now - KEEP_TRAILS),
      await this.#removeTrailsBeyond(MOST_TRAILS),
      await this.#remove("audit", {}, (row) => row.at <= now - KEEP_HISTORY),
    ].reduce((sum, count) => sum + count, 0);
    if (removed > 0) this.#ports.log.info("housekeeping", { removed });
    return removed;
  }

  /** Removes the oldest trails beyond a number. */
  async #removeTrailsBeyond(most: number): Promise<number> {
    const { trails } = this.#ports.store;
    const spec = specOf("trails");
    let after: Position | undefined;
    let count = 0;
    let removed = 0;
    for (;;) {
      const rows = await trails.list({ order: "desc", after, limit: BATCH });
      for (const row of rows) {
        if (++count <= most) continue;
        await trails.remove(spec.key(row));
        removed++;
      }
      if (rows.length < BATCH) return removed;
      after = positionOf(spec, rows.at(-1)!);
    }
  }

  /** Removes due rows from the oldest on, until a batch holds none. */
  async #remove<N extends keyof Tables>(
    name: N,
    where: Record<string, string>,
    isDue: (row: Tables[N]) => boolean,
  ): Promise<number> {
    const table = this.#ports.store[name] as Table<Tables[N]>;
    const { key } = specOf(name);
    let removed = 0;
    for (;;) {
      const due = (await table.list({ where, limit: BATCH })).filter(isDue);
      for (const row of due) await table.remove(key(row));
      removed += due.length;
      if (due.length === 0) return removed;
    }
  }
}

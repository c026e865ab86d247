/**
 * Removes what nobody needs any more, once a day: ended logins, invitations and share links, and history beyond
 * its age.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { Store, Table } from "../ports.ts";
import type { Tables } from "./tables.ts";
import { specOf } from "./tables.ts";

const DAY = 24 * 3_600_000;
/** How long what happened is kept, in milliseconds. */
export const KEEP_ALERTS = 30 * DAY;
export const KEEP_HISTORY = 400 * DAY;

/** Rows looked at in one go, so that nothing else waits long. */
const BATCH = 200;

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

  /** Removes what is due; tells how many rows. What ended is kept a day, so that who comes late is told why. */
  async clean(): Promise<number> {
    const now = this.#ports.clock.epoch();
    const removed = [
      await this.#remove("logins", {}, (row) => row.expires_at <= now - DAY),
      await this.#remove("invitations", {}, (row) => row.expires_at <= now - DAY),
      await this.#remove("shareLinks", {}, (row) => (row.expires_at ?? Infinity) <= now - DAY),
      await this.#remove(
        "alerts",
        { state: "cleared" },
        (row) => row.raised_at <= now - KEEP_ALERTS,
      ),
      await this.#remove("streams", { active: "0" }, (row) => row.asked_at <= now - KEEP_HISTORY),
      await this.#remove("audit", {}, (row) => row.at <= now - KEEP_HISTORY),
    ].reduce((sum, count) => sum + count, 0);
    if (removed > 0) this.#ports.log.info("housekeeping", { removed });
    return removed;
  }

  /** Goes through a table from its oldest row until a whole batch stays. */
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

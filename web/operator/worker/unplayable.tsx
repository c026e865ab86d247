/**
 * The games of a worker that it cannot play, with what to do, and where files of consoles belong.
 *
 * @module
 */
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import { formatCount } from "../model/format.ts";

/** The panel of the games that a worker cannot play. */
export function UnplayablePanel(
  { list, folder }: {
    readonly list: NonNullable<FleetWorker["unplayable"]>;
    /** The worker's folder of files that consoles need (BIOS). */
    readonly folder: string | undefined;
  },
) {
  const games = list.reduce((sum, each) => sum + each.games, 0);
  return (
    <section class="panel" aria-labelledby="unplayable">
      <div class="panel-head">
        <h2 id="unplayable">Cannot be played</h2>
        <span class="soft fine">{formatCount(games)}</span>
      </div>
      <div class="panel-body">
        {list.map(({ reason, games }) => (
          <p key={reason}>
            <b>{games === 1 ? "1 game" : `${formatCount(games)} games`}</b>: {reason}
          </p>
        ))}
        {folder !== undefined && (
          <p class="small soft">
            Files that belong to a console (BIOS) go into <code>{folder}</code> on the worker.
          </p>
        )}
      </div>
    </section>
  );
}

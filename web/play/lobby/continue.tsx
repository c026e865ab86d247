/**
 * The row *Continue*: the apps that were played last on this device, each at the point where it was left.
 *
 * @module
 */
import { findApp } from "../../../protocol/legs/room.ts";
import { formatAgo } from "../../shared/format.ts";
import { useServices } from "../services.ts";
import { Cover } from "./card/cover.tsx";
import type { Recent } from "./recents.ts";

/** How many are offered; more stay in the library. */
const SHOWN = 4;

function continueLink({ app_id, room_id }: Recent): string {
  return room_id ? `/play/${app_id}?continue=${room_id}` : `/play/${app_id}`;
}

/** The row with at most four apps; nothing when no app of the library was played here. */
export function Continue() {
  const { clock, connection, game, recents } = useServices();
  // The clock of the page's countdowns also keeps these ages fresh.
  void game.now.value;
  const apps = connection.apps.value;
  const playable = recents.list.value.flatMap((recent) => {
    const app = findApp(apps.filter(({ unavailable }) => !unavailable), recent.app_id);
    return app ? [{ app, recent }] : [];
  }).slice(0, SHOWN);
  if (playable.length === 0) return null;
  return (
    <section class="continue" aria-labelledby="continue-title">
      <h2 id="continue-title">Continue</h2>
      <ul class="continue-row">
        {playable.map(({ app, recent }) => (
          <li key={app.app_id}>
            <a class="continue-card" href={continueLink(recent)}>
              <span class="continue-cover">
                <Cover app={app} picture={recent.picture} />
              </span>
              <span class="continue-text">
                <strong>{app.title}</strong>
                <time class="fine soft" dateTime={new Date(recent.played_at).toISOString()}>
                  Left {formatAgo(recent.played_at, clock.epoch())}
                </time>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

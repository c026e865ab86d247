/**
 * The games of a worker that it cannot play, by the reason. Pure.
 *
 * @module
 */
import type { App } from "../../protocol/legs/room.ts";
import { MOST_UNPLAYABLE, type Unplayable } from "../../protocol/rest/fleet.ts";

/** The reasons with the number of games that each one keeps from being played, the most first; `undefined`: none. */
export function unplayableOf(
  apps: readonly Pick<App, "unavailable">[],
): readonly Unplayable[] | undefined {
  const games = new Map<string, number>();
  for (const { unavailable: reason } of apps) {
    if (reason !== undefined) games.set(reason, (games.get(reason) ?? 0) + 1);
  }
  if (games.size === 0) return undefined;
  return [...games]
    .map(([reason, count]) => ({ reason, games: count }))
    .sort((a, b) => b.games - a.games)
    .slice(0, MOST_UNPLAYABLE);
}

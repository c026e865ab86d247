/**
 * One app of the library, as a link that can be opened in a new tab.
 *
 * @module
 */
import { Icon } from "../../../shared/icon.tsx";
import { Mark } from "../../../shared/mark.tsx";
import { Cover } from "./cover.tsx";
import { LiveCover } from "./live_cover.tsx";
import type { App } from "../library.ts";

interface CardProps {
  readonly app: App;
  readonly picture: string | undefined;
  /** The badge: `Live` for a live source, `Running` for the player's own room; `undefined` without a badge. */
  readonly running: string | undefined;
  readonly favourite: boolean;
  /** Marks the app as a favourite, or removes the mark. */
  readonly toggle: () => void;
}

/** The card of an app; an app that cannot be played shows the reason and no link. */
export function Card({ app, picture, running, favourite, toggle }: CardProps) {
  const { title, system, unavailable } = app;
  if (unavailable !== undefined) {
    return (
      <li class="app-card unavailable">
        <div class="app-cover">
          <Cover app={app} picture={picture} />
        </div>
        <div class="app-text">
          <h3>{title}</h3>
          <p class="fine soft">{system}</p>
          <p class="app-why fine">
            <Icon name="warning" />
            <span>
              <strong>Cannot be played here.</strong> {unavailable}
            </span>
          </p>
        </div>
      </li>
    );
  }
  return (
    <li>
      <a class="app-card" href={`/play/${app.app_id}`}>
        <div class="app-cover">
          {app.kind === "live" && app.cover !== undefined
            ? <LiveCover app={app} />
            : <Cover app={app} picture={picture} />}
          {running && (
            <span class="app-running badge">
              <Mark status="live" />
              {running}
            </span>
          )}
          <span class="app-play" aria-hidden="true">
            <Icon name={app.vehicle ? "wheel" : "play"} />
          </span>
        </div>
        <div class="app-text">
          <h3>{title}</h3>
          <p class="fine soft">{system}{describePlayers(app)}</p>
        </div>
      </a>
      <button
        type="button"
        class="favourite"
        aria-pressed={favourite}
        aria-label={`${title} is a favourite`}
        title={favourite ? "Remove from favourites" : "Add to favourites"}
        onClick={toggle}
      >
        <Icon name="star" />
      </button>
    </li>
  );
}

function describePlayers({ kind, players, vehicle }: App): string {
  if (vehicle) return " · drive it from here";
  if (kind !== "game") return "";
  return players > 1 ? ` · ${players} players` : " · 1 player";
}

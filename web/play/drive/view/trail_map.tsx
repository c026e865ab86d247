/**
 * A small map of where the vehicle was: its trail, its heading, a scale and north. Nothing is loaded for it.
 *
 * @module
 */
import { useComputed } from "@preact/signals";
import { useServices } from "../../services.ts";
import { mapOf } from "../trail.ts";
import { readingAt } from "../vehicle_watch.ts";
import { ageWord } from "../words.ts";

/** Side of the drawing, in its own units. */
const SIZE = 120;

/** The map; none before the first position. */
export function TrailMap() {
  const { game, drive: { driver } } = useServices();
  const map = useComputed(() => mapOf(driver.watched.value.trail, SIZE - 16));
  const seen = game.media.value?.vehicle.newest.value;
  if (!map.value || !seen) return null;
  const now = Math.max(game.now.value, seen.at) as typeof game.now.value;
  const heading = readingAt(seen, "heading_deg", now);
  const position = readingAt(seen, "lat", now);
  const { points, here, bar } = map.value;
  const left = 8 - SIZE / 2;
  const foot = SIZE / 2 - 8;
  const label = `Trail of the vehicle, north up; the bar is ${metresText(bar.metres)} long`;
  return (
    <figure class="trail-map" data-stale={position === undefined || position.isStale}>
      <svg
        viewBox={`${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`}
        role="img"
        aria-label={label}
      >
        <path
          class="trail"
          d={points.map(({ x, y }, i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join(
            "",
          )}
        />
        <path class="trail-bar" d={`M${left} ${foot - 3}v3h${bar.length.toFixed(1)}v-3`} />
        <path class="trail-north" d={`M${foot - 2} ${left + 9}v-9l-3 4m3-4 3 4`} />
        <g transform={`translate(${here.x.toFixed(1)} ${here.y.toFixed(1)})`}>
          {heading
            ? (
              <path
                class="trail-here"
                transform={`rotate(${heading.value})`}
                d="M0-6 4.500 5 0 2.500-4.500 5z"
              />
            )
            : <circle class="trail-here" r="3.5" />}
        </g>
      </svg>
      <figcaption class="fine figures">
        <span>{metresText(bar.metres)}</span>
        {position?.isStale && <span>{ageWord(position.age)} old</span>}
      </figcaption>
    </figure>
  );
}

function metresText(metres: number): string {
  return metres < 1_000 ? `${metres}\u202fm` : `${metres / 1_000}\u202fkm`;
}

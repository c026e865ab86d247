/**
 * The line of the vehicle's network paths: state, round trip, loss, capacity and radio of each, with their ages.
 *
 * @module
 */
import { Mark } from "../../../../shared/mark.tsx";
import { useServices } from "../../../services.ts";
import { pathWords } from "../../path_words.ts";

/** A part for each path; no line while nothing is known of them. */
export function StripPaths() {
  const { game } = useServices();
  const seen = game.media.value?.vehicle.paths.value;
  if (!seen) return null;
  const later = Math.max(0, game.now.value - seen.at);
  return (
    <dl class="strip strip-paths figures" aria-label="Network paths" tabIndex={0}>
      {seen.paths.map((path, index) => {
        const words = pathWords(path, later);
        const { signal, since } = words;
        const isDown = words.status === "lost" && since !== undefined;
        return (
          <div class="strip-part" data-path={words.status} data-stale={words.isStale} key={index}>
            <dt>
              {words.name} <span class="strip-state">{words.state}</span>
            </dt>
            <dd>
              <Mark status={words.isStale ? "off" : words.status} />
              <span class="strip-value">{isDown ? since : words.trip}</span>
              {!isDown && <span class="strip-more">{words.loss}</span>}
              {!isDown && since !== undefined && <span class="strip-more">{since}</span>}
              {words.capacity !== undefined && <span class="strip-more">{words.capacity}</span>}
              {signal && (
                <span class="strip-radio" data-stale={signal.isStale}>
                  <RadioBars bars={signal.bars} label={`Signal ${signal.text}`} />
                  <span class="strip-more">{signal.text}</span>
                  <span class="strip-age" data-fresh={!signal.isStale}>{signal.age}</span>
                </span>
              )}
              <span class="strip-age" data-fresh={words.age === "now"}>{words.age}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function RadioBars({ bars, label }: { readonly bars: number; readonly label: string }) {
  return (
    <svg class="radio-bars" viewBox="0 0 14 10" role="img" aria-label={`${label}, ${bars} of 4`}>
      {[1, 2, 3, 4].map((step) => (
        <rect
          key={step}
          x={(step - 1) * 3.6}
          y={10 - step * 2.4}
          width="2.6"
          height={step * 2.4}
          data-on={step <= bars}
        />
      ))}
    </svg>
  );
}

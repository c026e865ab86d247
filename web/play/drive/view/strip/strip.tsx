/**
 * The strip along the top: the round trip to the vehicle, and the readings of the vehicle with their ages.
 *
 * @module
 */
import type { ReadingName } from "../../../../../protocol/control/vehicle.ts";
import { formatMillis, latencyStatus } from "../../../../shared/format.ts";
import { Mark } from "../../../../shared/mark.tsx";
import { useServices } from "../../../services.ts";
import { ageWord, readingText, tripWord } from "../../words.ts";
import { readingAt } from "../../vehicle_watch.ts";

/** What the strip shows, and the readings of each part: the first is the main one. */
const PARTS: readonly (readonly [name: string, readings: readonly ReadingName[]])[] = [
  ["Battery", ["battery_percent", "battery_v"]],
  ["Speed", ["speed_mps"]],
  ["GPS", ["gps_fix", "altitude_m"]],
  ["Signal", ["signal_percent", "signal_dbm"]],
  ["Temp.", ["temperature_c"]],
  ["CPU", ["cpu_percent"]],
];

/** The readings of the vehicle. A reading that is not known is left out; a stale one is dimmed and has its age. */
export function Strip() {
  const { game } = useServices();
  const seen = game.media.value?.vehicle.newest.value;
  // The ages grow between two views.
  const now = Math.max(game.now.value, seen?.at ?? 0) as typeof game.now.value;
  if (!seen) return null;
  // A path says its own signal.
  const isOfPath = game.media.value?.vehicle.paths.value?.paths.some(({ signal }) => signal);
  return (
    <dl class="strip figures" aria-label="Vehicle" tabIndex={0}>
      <Trip vehicle={seen.view.link === "connected" ? seen.view.rtt_ms : undefined} />
      <PictureAge />
      {PARTS.map(([name, readings]) => {
        const known = readings.flatMap((reading) => {
          const aged = readingAt(seen, reading, now);
          return aged ? [{ text: readingText(reading, aged.value), ...aged }] : [];
        });
        const oldest = Math.max(...known.map(({ age }) => age));
        const isSaid = name === "Signal" && isOfPath;
        if (known.length === 0 || isSaid) return null;
        return (
          <div
            class="strip-part"
            data-stale={known.some(({ isStale }) => isStale)}
            key={name}
          >
            <dt>{name}</dt>
            <dd>
              {known.map(({ text }, i) => (
                <span class={i ? "strip-more" : "strip-value"} key={i}>{text}</span>
              ))}
              <span class="strip-age" data-fresh={ageWord(oldest) === "now"}>
                {ageWord(oldest)}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** How old the pictures are on the screen, where that can be measured. */
function PictureAge() {
  const { game } = useServices();
  const age = game.figures.newest.value?.latency?.age;
  // Clocks that do not agree give an age that no picture has.
  if (!age || !("ms" in age) || age.ms < 0) return null;
  return (
    <div class="strip-part strip-wide">
      <dt>Picture</dt>
      <dd>
        <Mark status={latencyStatus(age.ms)} />
        <span class="strip-value">{formatMillis(age.ms)}</span>
        <span class="strip-word">old</span>
      </dd>
    </div>
  );
}

/** From this page to the vehicle and back: both parts are measured, each by its two ends. */
function Trip({ vehicle }: { vehicle: number | undefined }) {
  const { game } = useServices();
  const page = game.figures.newest.value?.rtt;
  const whole = page === undefined || vehicle === undefined ? undefined : page + vehicle;
  const status = latencyStatus(whole);
  return (
    <div class="strip-part" data-trip={status}>
      <dt>Round trip</dt>
      <dd>
        <Mark status={status} />
        <span class="strip-value">{formatMillis(whole)}</span>
        <span class="strip-word">{tripWord(status)}</span>
      </dd>
    </div>
  );
}

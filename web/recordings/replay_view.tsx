/**
 * What a vehicle reported at the moment of a recording that is shown: control, readings, trail.
 *
 * @module
 */
import {
  READING_NAMES,
  type ReadingName,
  type VehicleView,
} from "../../protocol/control/vehicle.ts";
import { positionsUntil, type ReplaySample, viewAt } from "./replay.ts";

const SPACE = "\u202f";
/** Side of the drawing of the trail, in its own units. */
const SIZE = 100;
/** A trail that is shorter is drawn small, in degrees: about ten metres. */
const LEAST_SPAN = 1e-4;

/** The name of a reading, its unit, and how it is written. */
const READINGS: Readonly<
  Partial<
    Record<ReadingName, readonly [name: string, unit: string, digits: number, factor?: number]>
  >
> = {
  speed_mps: ["Speed", "km/h", 1, 3.6],
  battery_v: ["Battery", "V", 1],
  battery_percent: ["Charge", "%", 0],
  heading_deg: ["Heading", "°", 0],
  signal_percent: ["Signal", "%", 0],
  signal_dbm: ["Signal", "dBm", 0],
  temperature_c: ["Temperature", "°C", 0],
  cpu_percent: ["Processor", "%", 0],
};

const STATES: Readonly<Record<VehicleView["state"], string>> = {
  disarmed: "Not armed",
  armed: "Driving",
  failsafe: "Failsafe",
};

/** The vehicle at `at`, in milliseconds of the recording. */
export function Replay(
  { samples, at }: { readonly samples: readonly ReplaySample[]; readonly at: number },
) {
  const view = viewAt(samples, at);
  if (!view) {
    return (
      <section class="replay" aria-label="The vehicle at this moment">
        <p class="soft small">The vehicle reported nothing at this moment.</p>
      </section>
    );
  }
  const { sent, confirmed, readings } = view;
  return (
    <section class="replay" aria-label="The vehicle at this moment">
      <p class="replay-state" data-state={view.state}>{STATES[view.state]}</p>
      <Axis name="Steering" sent={sent?.steering} confirmed={confirmed?.steering} />
      <Axis name="Throttle" sent={sent?.throttle} confirmed={confirmed?.throttle} />
      <dl class="replay-readings">
        {READING_NAMES.flatMap((name) => {
          const [word, unit, digits, factor = 1] = READINGS[name] ?? [];
          const value = readings[name]?.value;
          if (word === undefined || value === undefined) return [];
          const text = `${(value * factor).toFixed(digits).replace("-", "−")}${SPACE}${unit}`;
          return [
            <div key={name}>
              <dt>{word}</dt>
              <dd class="figures">{text}</dd>
            </div>,
          ];
        })}
      </dl>
      <Trail samples={samples} at={at} />
    </section>
  );
}

interface AxisProps {
  readonly name: string;
  readonly sent: number | undefined;
  readonly confirmed: number | undefined;
}

/** One axis: what was sent, and what the vehicle confirmed. */
function Axis({ name, sent, confirmed }: AxisProps) {
  const shown = confirmed ?? sent;
  const percent = Math.round((shown ?? 0) * 100);
  return (
    <div
      class="replay-axis"
      role="meter"
      aria-label={name}
      aria-valuemin={-100}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span aria-hidden="true">{name}</span>
      <svg viewBox="-52 -5 104 10" aria-hidden="true" preserveAspectRatio="none">
        <path class="replay-track" d="M-50 0H50M0-4V4" />
        {confirmed !== undefined && <path class="replay-fill" d={`M0 0H${confirmed * 50}`} />}
        {sent !== undefined && <path class="replay-sent" d={`M${sent * 50}-4V4`} />}
      </svg>
      <span class="figures" aria-hidden="true">
        {shown === undefined ? "–" : `${percent}${SPACE}%`.replace("-", "−")}
      </span>
    </div>
  );
}

/** Where the vehicle was, north up. */
function Trail(
  { samples, at }: { readonly samples: readonly ReplaySample[]; readonly at: number },
) {
  const positions = positionsUntil(samples, { t: at });
  const newest = positions.at(-1);
  if (!newest || positions.length < 2) return null;
  const shrink = Math.cos(newest.lat * Math.PI / 180);
  const points = positions.map(({ lat, lon }) => ({ x: lon * shrink, y: -lat }));
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const scale = SIZE * 0.8 / Math.max(spread(xs), spread(ys), LEAST_SPAN);
  const place = ({ x, y }: { x: number; y: number }) =>
    `${((x - middle(xs)) * scale).toFixed(1)} ${((y - middle(ys)) * scale).toFixed(1)}`;
  return (
    <svg
      class="replay-trail"
      viewBox={`${-SIZE / 2} ${-SIZE / 2} ${SIZE} ${SIZE}`}
      role="img"
      aria-label="Trail, north up"
    >
      <path d={`M${points.map(place).join("L")}`} />
      <circle transform={`translate(${place(points.at(-1)!)})`} r="3" />
    </svg>
  );
}

/**
 * A live picture of the sticks of a gamepad, their dead zone, and the steps that measure them.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  circle,
  level,
  measured,
  type Measuring,
  readStick,
  STICKS,
  takeRest,
  UNMEASURED,
} from "../../input/calibration.ts";
import { useServices } from "../../services.ts";
import { Slider } from "./slider.tsx";

interface StickViewProps {
  /** The id of the gamepad. */
  readonly id: string;
  /** Its axes as the browser reads them at this moment. */
  readonly axes: readonly number[];
}

/** The ring is the dead zone, the cross what the browser reads, the dot what the game gets. */
export function StickView({ id, axes }: StickViewProps) {
  const { controls, toaster } = useServices();
  const measuring = useSignal<Measuring | undefined>(undefined);
  const why = useSignal<string | undefined>(undefined);
  const { sticks } = controls.all.value;
  const known = Object.hasOwn(sticks, id) ? sticks[id]! : UNMEASURED;
  const keep = (calibration: typeof known) =>
    controls.change({ sticks: { ...sticks, [id]: calibration } });
  useEffect(() => {
    if (measuring.value) measuring.value = circle(measuring.value, axes);
  }, [axes]);

  function next() {
    const { value } = measuring;
    why.value = undefined;
    if (value?.state === "circling") {
      keep(measured(value, known.dead_zone));
      measuring.value = undefined;
      return toaster.done("The sticks are measured.");
    }
    const after = takeRest(axes);
    if ("error" in after) why.value = after.error;
    else measuring.value = after;
  }
  const circling = measuring.value?.state === "circling";
  const percent = Math.round(known.dead_zone * 100);
  return (
    <div class="sticks">
      {STICKS.map((first) => {
        const [x, y] = readStick(axes, first, known);
        const [rawX, rawY] = [level(axes[first]), level(axes[first + 1])];
        return (
          <svg
            class="stick"
            viewBox="-60 -60 120 120"
            role="img"
            aria-label={first === 0 ? "Left stick" : "Right stick"}
            key={first}
          >
            <circle class="stick-edge" r="50" />
            <circle
              class="stick-dead"
              cx={known.rest[first] * 50}
              cy={known.rest[first === 0 ? 1 : 3] * 50}
              r={known.dead_zone * 50}
            />
            <path class="stick-raw" d={`M${rawX * 50 - 5} ${rawY * 50}h10m-5-5v10`} />
            <circle class="stick-sent" cx={x * 50} cy={y * 50} r="5" />
          </svg>
        );
      })}
      <div class="stick-words">
        <Slider
          label="Dead zone"
          least={0}
          most={50}
          step={1}
          value={percent}
          change={(value) => keep({ ...known, dead_zone: value / 100 })}
        />
        <p class="small soft" role="status">
          {why.value ?? (circling
            ? "Now move each stick round its edge, twice."
            : "Cross: what the browser reads. Dot: what the game gets.")}
        </p>
        <button type="button" class="button" onClick={next}>
          {circling ? "Done" : "Measure: let go of both sticks, then press"}
        </button>
      </div>
    </div>
  );
}

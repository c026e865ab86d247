/**
 * A slider of percents with its label and its value.
 *
 * @module
 */
import { useId } from "preact/hooks";

interface SliderProps {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly value: number;
  readonly step?: number;
  readonly change: (value: number) => void;
}

/** Calls `change` while it is moved. */
export function Slider({ label, least, most, value, step = 5, change }: SliderProps) {
  const id = useId();
  return (
    <div class="controls-slider small">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={`${value} percent`}
        onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
      />
      <output class="figures" for={id}>{`${value}\u202f%`}</output>
    </div>
  );
}

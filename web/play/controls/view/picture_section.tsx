/**
 * How the picture is drawn, and how loud the sound is.
 *
 * @module
 */
import { FILTER_NAMES, FILTERS } from "../../picture/filter.ts";
import { useServices } from "../../services.ts";
import { Slider } from "./slider.tsx";

/** Changes take effect at once. */
export function PictureSection() {
  const { controls } = useServices();
  const { filter, volume } = controls.all.value;
  return (
    <section class="controls-section" aria-label="Picture and sound">
      <h3>Picture and sound</h3>
      <div class="controls-actions" role="radiogroup" aria-label="Picture of games">
        {FILTERS.map((each) => (
          <label class="controls-choice small" key={each}>
            <input
              type="radio"
              name="filter"
              checked={filter === each}
              onChange={() => controls.change({ filter: each })}
            />
            {FILTER_NAMES[each]}
          </label>
        ))}
      </div>
      <Slider
        label="Volume"
        least={0}
        most={100}
        value={volume}
        change={(value) => controls.change({ volume: value })}
      />
    </section>
  );
}

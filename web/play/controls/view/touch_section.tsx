/**
 * The pad on a touch screen: for which hand, how large and how opaque.
 *
 * @module
 */
import { useServices } from "../../services.ts";
import { Slider } from "./slider.tsx";

const FITS = "On a phone 100\u202f% is as large as fits.";

/** Changes take effect at once. */
export function TouchSection() {
  const { controls } = useServices();
  const { touch } = controls.all.value;
  const change = (changed: Partial<typeof touch>) =>
    controls.change({ touch: { ...touch, ...changed } });
  return (
    <section class="controls-section" aria-label="Touch screen">
      <h3>Touch screen</h3>
      <label class="controls-choice small">
        <input
          type="checkbox"
          checked={touch.mirrored}
          onChange={({ currentTarget: { checked } }) => change({ mirrored: checked })}
        />
        For the left hand: buttons on the left, directions on the right
      </label>
      <Slider
        label="Size"
        least={70}
        most={150}
        value={touch.size}
        change={(size) => change({ size })}
      />
      <Slider
        label="Opacity"
        least={20}
        most={100}
        value={touch.opacity}
        change={(opacity) => change({ opacity })}
      />
      <p class="fine soft">{FITS}</p>
    </section>
  );
}

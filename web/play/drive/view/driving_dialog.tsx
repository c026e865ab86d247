/**
 * The dialog about driving: what drives the vehicle on each device, the curve, the most throttle, leaning the phone, and
 * the set-up of a wheel.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Dialog } from "../../../shared/dialog.tsx";
import { gamepadName, pluggedIn } from "../../input/gamepad.ts";
import { useServices } from "../../services.ts";
import { WheelSetupSteps } from "./wheel_setup.tsx";

/** Settings and help of the driver. The vehicle is neutral while it is open. */
export function DrivingDialog({ close }: { close: () => void }) {
  const { controls, drive: { settings }, toaster } = useServices();
  const settingUp = useSignal<string | undefined>(undefined);
  const { expo, max_throttle, tilt } = settings.all.value;
  const gamepads = pluggedIn(navigator.getGamepads?.() ?? []);
  if (settingUp.value !== undefined) {
    return (
      <Dialog title={`Set up ${gamepadName(settingUp.value)}`} close={close}>
        <WheelSetupSteps gamepadId={settingUp.value} done={() => (settingUp.value = undefined)} />
      </Dialog>
    );
  }
  return (
    <Dialog title="How you drive" close={close}>
      <table class="drive-keys small">
        <caption class="unseen">What drives the vehicle</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">Keyboard</th>
            <th scope="col">Gamepad</th>
            <th scope="col">Touch</th>
          </tr>
        </thead>
        <tbody>
          {HELP.map(([what, keys, pad, touch]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</td>
              <td>{pad}</td>
              <td>{touch}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Slider
        label="Most throttle"
        value={max_throttle}
        least={10}
        change={(value) => settings.change({ max_throttle: value })}
      />
      <Slider
        label="Gentler around the middle"
        value={expo}
        least={0}
        change={(value) => settings.change({ expo: value })}
      />
      <Slider
        label="Volume"
        value={controls.all.value.volume}
        least={0}
        change={(volume) => controls.change({ volume })}
      />
      {"DeviceOrientationEvent" in globalThis && matchMedia("(pointer: coarse)").matches && (
        <label class="drive-choice">
          <input
            type="checkbox"
            checked={tilt}
            onChange={({ currentTarget: { checked } }) => void lean(checked)}
          />
          Steer by leaning the phone
        </label>
      )}
      <div class="dialog-actions">
        {gamepads.map(({ id }) => (
          <button type="button" class="button" key={id} onClick={() => (settingUp.value = id)}>
            Set up {gamepadName(id)}
          </button>
        ))}
        <button type="button" class="button primary" onClick={close}>Done</button>
      </div>
    </Dialog>
  );

  async function lean(wanted: boolean): Promise<void> {
    if (wanted && !await mayLean()) {
      settings.change({ tilt: false });
      return toaster.refused("This browser does not say how the phone is held.");
    }
    settings.change({ tilt: wanted });
  }
}

type Help = readonly [what: string, keys: readonly string[], pad: string, touch: string];

const HELP: readonly Help[] = [
  ["Hold", ["Space"], "L1 or R1", "left side"],
  ["Steer", ["A", "D"], "left stick", "left side"],
  ["Forward", ["W"], "R2 or right stick", "right side, up"],
  ["Back", ["S"], "L2 or right stick", "right side, down"],
];

/** Safari on phones asks the person first, and only after a press. */
async function mayLean(): Promise<boolean> {
  const asking: typeof DeviceOrientationEvent & { requestPermission?(): Promise<string> } =
    DeviceOrientationEvent;
  if (!asking.requestPermission) return true;
  try {
    return await asking.requestPermission() === "granted";
  } catch {
    return false;
  }
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly change: (value: number) => void;
}

function Slider({ label, value, least, change }: SliderProps) {
  const id = useId();
  return (
    <div class="drive-slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={least}
        max={100}
        step={5}
        value={value}
        aria-valuetext={`${value} percent`}
        onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
      />
      <output for={id}>{`${value}\u202f%`}</output>
    </div>
  );
}

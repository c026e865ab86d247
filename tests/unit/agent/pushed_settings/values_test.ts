import { deepEqual, equal, match } from "node:assert/strict";
import { readAgentSettings } from "../../../../agent/config.ts";
import { applyValues, ownValues } from "../../../../agent/pushed_settings/values.ts";
import { PUSHED_NAMES, PushedValues } from "../../../../protocol/field/pushed_settings.ts";

const FILE =
  'actuator = "log"\nactuator_outputs = "steering 0 min=1100 max=1900, throttle 1 rate=4000"\n';
const read = readAgentSettings([], { env: {}, readFile: () => FILE });
const own = read.ok ? read.settings : undefined as never;

function faultsOf(values: PushedValues): readonly string[] {
  const applied = applyValues(own, values);
  return applied.ok ? [] : applied.faults;
}

Deno.test("[PSH1] pushed values replace the box's own, and what is not pushed stays", () => {
  const applied = applyValues(own, {
    ...{ failsafe_silence: "300", log_level: "debug" },
    actuator_outputs: "steering 0 min=1200 max=1800 expo=20, throttle 1 rate=2000",
  });
  equal(applied.ok, true);
  const { settings } = applied as { settings: typeof own };
  deepEqual([settings.failsafeSilence, settings.logLevel, settings.inputPatience], [
    300,
    "debug",
    300,
  ]);
  equal(settings.actuatorOutputs[0]?.expo, 20);
  equal(own.failsafeSilence, 500);
});

Deno.test("[PSH4] no pushed value goes beyond the box's own limits", () => {
  match(faultsOf({ failsafe_silence: "600" })[0]!, /must not be above the box's own 500 ms/);
  match(faultsOf({ failsafe_silence: "100" })[0]!, /failsafe_silence = "100"/);
  match(faultsOf({ actuator_outputs: "steering 0" })[0]!, /own 1100 to 1900/);
  match(faultsOf({ actuator_outputs: "throttle 1 rate=9000" })[0]!, /own rate 4000/);
  match(faultsOf({ actuator_outputs: "throttle 1" })[0]!, /own rate 4000/);
  match(faultsOf({ actuator_outputs: "button_a 2" })[0]!, /none of the box's own/);
  match(faultsOf({ actuator_outputs: "wheel 0" })[0]!, /must begin with an input/);
});

Deno.test("[PSH4] what names a program, a file, an address or a key cannot be pushed", () => {
  deepEqual(PUSHED_NAMES, [
    ...["input_patience", "failsafe_silence", "actuator_outputs", "simulated_car", "log_level"],
  ]);
  for (
    const name of ["coordinator", "ca", "media", "data", "update_key", "actuator", "status_address"]
  ) {
    equal(PushedValues.safeParse({ [name]: "x" }).success, false);
  }
});

Deno.test("[PSH5] the box's own values are reported as they are written in its file, or by default", () => {
  deepEqual(ownValues(read.given), {
    ...{ input_patience: "300", failsafe_silence: "500" },
    actuator_outputs: "steering 0 min=1100 max=1900, throttle 1 rate=4000",
    ...{ simulated_car: "off", log_level: "info" },
  });
});

import { deepEqual, equal } from "node:assert/strict";
import type { DeviceSettings, DeviceSettingsVersion } from "../../../protocol/rest/devices.ts";
import {
  inForceWords,
  valuesOf,
  valuesText,
  versionBefore,
  wantedWording,
} from "../../../web/operator/device_settings/words.ts";

const version = (version: number, state?: "taken" | "refused" | "rolled_back") =>
  ({
    ...{ version, values: { log_level: "debug" }, at: 0, by: "ada" },
    ...(state && { outcome: { state, at: 0 } }),
  }) satisfies DeviceSettingsVersion;
const report = (version: number, more = {}) => ({ at: 0, version, own: {}, ...more });
const words = (settings: DeviceSettings, online = true, streaming = false) =>
  wantedWording(settings, { online, streaming }).word;

Deno.test("[PSH8] the wanted version says where it stands", () => {
  equal(words({ versions: [] }), "The box's own settings");
  const one = { versions: [version(1)] };
  equal(words(one, false), "Version 1 is sent when the device is online");
  equal(words(one), "This agent takes no settings from here");
  equal(words({ ...one, report: report(0) }), "Version 1 is being sent");
  equal(
    words({ ...one, report: report(0) }, true, true),
    "Version 1 is sent once the stream has ended",
  );
  equal(words({ ...one, report: report(1, { on_trial: true }) }), "Version 1 is on trial");
  equal(words({ ...one, report: report(1) }), "Version 1 is in force");
  equal(words({ versions: [version(1, "refused")] }), "Version 1 was refused");
  equal(words({ versions: [version(1, "rolled_back")] }, false), "Version 1 was taken back");
  const two = { versions: [version(2), version(1)], report: report(1, { on_trial: true }) };
  equal(words(two), "Version 2 is sent after the trial of version 1");
  deepEqual([inForceWords(two), inForceWords(one)], ["Version 1", "Not reported"]);
});

Deno.test("[PSH10] one press goes back to the newest version before that was kept", () => {
  const versions = [
    version(4),
    version(3, "rolled_back"),
    version(2, "taken"),
    version(1, "taken"),
  ];
  equal(versionBefore({ versions })?.version, 2);
  equal(versionBefore({ versions: versions.slice(0, 2) }), undefined);
});

Deno.test("[PSH1] an empty field leaves the box's own value", () => {
  const draft = {
    ...{ input_patience: " 60 ", failsafe_silence: "", actuator_outputs: " ", simulated_car: "" },
    log_level: "warn",
  };
  deepEqual(valuesOf(draft), { input_patience: "60", log_level: "warn" });
  equal(valuesText(valuesOf(draft)), "Wait for a lost camera 60, Log level warn");
  equal(valuesText({}), "The box's own settings");
});

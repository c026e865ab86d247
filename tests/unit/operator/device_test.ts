import { deepEqual, equal } from "node:assert/strict";
import { missingToolWords, modemWords } from "../../../web/operator/device/hardware_words.ts";
import { logFileName, logText } from "../../../web/operator/device/log_text.ts";

Deno.test("a log is copied and downloaded with time and level, one line each", () => {
  const text = logText([
    { at: 0, level: "info", text: "agent started" },
    { at: 1_500, level: "error", text: "no picture" },
  ]);
  const expected = "1970-01-01T00:00:00.000Z info agent started\n" +
    "1970-01-01T00:00:01.500Z error no picture\n";
  equal(text, expected);
  equal(logText([{ at: 1e300, level: "info", text: "x" }]), "1e+300 info x\n");
});

Deno.test("the file of a log is named after the sender, in letters that every file system takes", () => {
  equal(logFileName("Box 7/Süd", 0), "box-7-s-d-log-1970-01-01T00-00-00.txt");
  equal(logFileName("…", 0), "device-log-1970-01-01T00-00-00.txt");
});

Deno.test("a modem's state is a sentence when it keeps the modem from carrying data", () => {
  equal(modemWords({ state: "connected", registration: "home" }), undefined);
  equal(modemWords({ state: "connected", registration: "roaming" }), "Roaming");
  equal(modemWords({ state: "searching" }), "Searching for a network");
  equal(modemWords({ state: "locked", lock: "sim-pin" }), "The SIM card wants its PIN");
  equal(modemWords({ state: "failed", reason: "odd" }), "The modem failed: odd");
});

Deno.test("a missing tool is named when the device has the hardware that it tells about", () => {
  const device = { network_interfaces: [], media_inputs: [], missing_tools: ["mmcli", "v4l2-ctl"] };
  deepEqual(missingToolWords(device), []);
  const modem = { name: "wwan0", type: "cellular", state: "connected" } as const;
  equal(missingToolWords({ ...device, network_interfaces: [modem] }).length, 1);
});

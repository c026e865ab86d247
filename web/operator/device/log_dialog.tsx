/**
 * The dialog with the newest lines of a device's log: from a level on, to copy and to download.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type DeviceLog, MAX_LOG_LINES } from "../../../protocol/field/device_log.ts";
import type { Level } from "../../../protocol/log.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Icon } from "../../shared/icon.tsx";
import { formatFull, plural } from "../model/format.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { SelectField } from "../widgets/form.tsx";
import { logFileName, logText } from "./log_text.ts";

const LEVEL_OPTIONS: readonly { readonly value: Level; readonly label: string }[] = [
  { value: "info", label: "All" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
];

/** The dialog that reads the log when it opens, and again on request. */
export function LogDialog({ sender, close }: { sender: Sender; close: () => void }) {
  const { api } = useServices();
  const { sender_id, name } = sender;
  const ask = useAsk(`log:${sender_id}`);
  const level = useSignal<Level>("info");
  const found = useSignal<DeviceLog | undefined>(undefined);
  const read = async () => {
    const body = { lines: MAX_LOG_LINES, level: level.value };
    const args = { params: { id: sender_id }, body };
    const log = await ask.run(() => api.call(contracts.devices.log, args));
    if (log) found.value = log;
  };
  useEffect(() => {
    ask.clear();
    void read();
  }, []);
  const log = found.value;
  return (
    <Dialog title={`Log of ${name}`} wide close={close}>
      <div class="stack">
        <div class="log-bar">
          <SelectField
            label="Lines"
            bare
            value={level.value}
            options={LEVEL_OPTIONS}
            disabled={ask.state.value.state === "asked"}
            change={(value) => {
              level.value = value;
              void read();
            }}
          />
          <AskButton ask={ask} doing="Asking the device" icon="reset" press={() => void read()}>
            Read again
          </AskButton>
          {log && log.lines.length > 0 && <TextButtons log={log} name={name} />}
        </div>
        <Refused ask={ask} />
        {log && <Lines log={log} />}
      </div>
    </Dialog>
  );
}

function Lines({ log: { lines, left_out } }: { log: DeviceLog }) {
  if (lines.length === 0) {
    return <p class="soft">The device has written no such line since it started.</p>;
  }
  return (
    <>
      {left_out > 0 && (
        <p class="soft fine">
          {plural(left_out, "older line")} did not fit.
        </p>
      )}
      <div class="log-lines" role="region" aria-label="Lines, newest first" tabIndex={0}>
        <table>
          <thead class="unseen">
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Level</th>
              <th scope="col">Event</th>
            </tr>
          </thead>
          <tbody>
            {lines.toReversed().map(({ at, level, text }, index) => (
              <tr key={lines.length - index} data-level={level}>
                <td class="figures">{formatFull(at)}</td>
                <td>{level}</td>
                <td class="log-text">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="soft fine">
        Times are the device's. Passwords and tokens are taken out on the device.
      </p>
    </>
  );
}

function TextButtons({ log, name }: { log: DeviceLog; name: string }) {
  const { clock, toaster } = useServices();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(logText(log.lines));
      toaster.done(`${plural(log.lines.length, "line")} copied.`);
    } catch {
      // Browsers allow the clipboard only on secure pages: https, or localhost.
      toaster.refused("This browser does not let the page copy. Download the lines instead.");
    }
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([logText(log.lines)], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = logFileName(name, clock.epoch());
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name="copy" />Copy
      </button>
      <button type="button" class="button" onClick={download}>
        <Icon name="save" />Download
      </button>
    </>
  );
}

/**
 * What a device records by itself: on or off, its space and its time, and the gaps that it has or has forwarded.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import {
  deviceRecording,
  type DeviceRecordingSettings,
} from "../../../protocol/recording/device.ts";
import type { FleetRecording } from "../../../protocol/recording/rest.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { formatLength } from "../../recordings/words.ts";
import { formatBytes } from "../../shared/format.ts";
import { recordingWording } from "../recording/recording_words.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Moment } from "../widgets/figure.tsx";
import { Form, NumberField } from "../widgets/form.tsx";
import { State, ToneMark } from "../widgets/tone.tsx";

/** Most gaps that are shown here; the page of recordings has all. */
const SHOWN = 6;

/** The panel of a device's own recording. */
export function DeviceRecordingPanel({ sender }: { sender: Sender }) {
  const { api, fleet } = useServices();
  const { sender_id } = sender;
  const settings = deviceRecording(sender.recording);
  const report = fleet.on.status.value.get(sender_id)?.value.recording;
  const ask = useAsk(`recording:${sender_id}`);
  const readOnly = useReadOnly();
  const draft = useSignal<DeviceRecordingSettings>({});
  const { space_mb = settings.space_mb, hours = settings.hours } = draft.value;
  const isChanged = space_mb !== settings.space_mb || hours !== settings.hours;

  async function set(recording: DeviceRecordingSettings): Promise<void> {
    const params = { id: sender_id };
    const answer = await ask.run(() =>
      api.call(contracts.senders.config, { params, body: { recording } })
    );
    if (!answer) return;
    draft.value = {};
    const after = await api.call(contracts.senders.get, { params });
    if (after.ok) fleet.setSender(after.value);
  }

  return (
    <section class="panel" aria-labelledby="device-recording">
      <div class="panel-head">
        <h2 id="device-recording">Recorded on the device</h2>
        <a href="/operator/rooms/recordings">All recordings</a>
      </div>
      <Gaps sender={sender} />
      <div class="panel-body stack">
        <p class="kept-line">
          <ToneMark tone={settings.on ? "ready" : "off"} />
          <span>
            {settings.on
              ? "On. What its worker does not get whole is forwarded once the link has room."
              : "Off. What is lost on the way is lost."}
            {report && ` It takes ${formatBytes(report.used_bytes)} there.`}
          </span>
        </p>
        {report?.trouble && <p class="fault small" role="status">{report.trouble}</p>}
        <Form submit={() => void set({ space_mb, hours })}>
          <div class="fields">
            <NumberField
              label="At most"
              unit="MB"
              min={50}
              max={1_000_000}
              required
              disabled={readOnly !== undefined}
              value={space_mb}
              change={(value) => void (draft.value = { ...draft.value, space_mb: value })}
            />
            <NumberField
              label="Kept for"
              unit="hours"
              min={1}
              max={720}
              required
              disabled={readOnly !== undefined}
              value={hours}
              change={(value) => void (draft.value = { ...draft.value, hours: value })}
            />
          </div>
          <Refused ask={ask} />
          <div class="form-foot">
            <AskButton
              ask={ask}
              doing="Changing"
              submit
              blocked={readOnly ??
                (isChanged ? undefined : "Nothing differs from what is in force.")}
            >
              Apply
            </AskButton>
            <AskButton
              ask={ask}
              doing={settings.on ? "Switching off" : "Switching on"}
              blocked={readOnly}
              press={() => void set({ on: !settings.on })}
            >
              {settings.on ? "Switch off" : "Switch on"}
            </AskButton>
          </div>
        </Form>
      </div>
    </section>
  );
}

function Gaps({ sender: { sender_id } }: { sender: Sender }) {
  const { state } = useFetched(contracts.recordings.list, {});
  const all = state.state === "ready" ? state.value.items : [];
  const own = all.filter((each) => each.kind === "device" && each.sender_id === sender_id);
  if (own.length === 0) return null;
  return (
    <ul class="things">
      {own.slice(0, SHOWN).map((each) => <GapRow key={each.recording_id} recording={each} />)}
    </ul>
  );
}

function GapRow({ recording }: { recording: FleetRecording }) {
  const { started_at, ended, on_device } = recording;
  const length = ended?.duration_ms ?? on_device?.duration_ms ?? 0;
  return (
    <li class="thing">
      <div class="thing-head">
        <b>
          <Moment at={started_at} />, {formatLength(length)}
        </b>
        <span class="thing-end">
          <State {...recordingWording(recording)} />
        </span>
      </div>
    </li>
  );
}

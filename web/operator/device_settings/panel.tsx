/**
 * The settings that operators push to a device: the wanted version, the one in force, why one was taken back, and the
 * versions before, each of which can be used again.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { PushedValues } from "../../../protocol/field/pushed_settings.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { DeviceSettings, DeviceSettingsVersion } from "../../../protocol/rest/devices.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Fact, Moment } from "../widgets/figure.tsx";
import { ToneMark } from "../widgets/tone.tsx";
import { SettingsDialog } from "./dialog.tsx";
import {
  inForceWords,
  outcomeWords,
  reasonSentence,
  valuesText,
  versionBefore,
  wantedWording,
} from "./words.ts";

/** The panel of a device's pushed settings. */
export function DeviceSettingsPanel({ sender }: { sender: Sender }) {
  const { sender_id } = sender;
  const { state, replace } = useFetched(contracts.devices.settings, { params: { id: sender_id } });
  return (
    <section class="panel" aria-labelledby="device-settings">
      <div class="panel-head">
        <h2 id="device-settings">Settings of the device</h2>
      </div>
      {state.state === "loading" && <p class="panel-none soft">Loading the settings…</p>}
      {state.state === "failed" && <p class="panel-none soft">{state.error.message}</p>}
      {state.state === "ready" && (
        <Settings sender={sender} settings={state.value} replace={replace} />
      )}
    </section>
  );
}

interface SettingsProps {
  readonly sender: Sender;
  readonly settings: DeviceSettings;
  readonly replace: (settings: DeviceSettings) => void;
}

function Settings({ sender, settings, replace }: SettingsProps) {
  const { api } = useServices();
  const { sender_id, online, stream } = sender;
  const ask = useAsk(`settings:${sender_id}`);
  const readOnly = useReadOnly();
  const open = useSignal(false);
  const [wanted, ...older] = settings.versions;
  const before = versionBefore(settings);
  const wording = wantedWording(settings, { online, streaming: stream !== undefined });

  async function push(values: PushedValues, while_streaming: boolean): Promise<boolean> {
    const args = { params: { id: sender_id }, body: { values, while_streaming } };
    const answer = await ask.run(() => api.call(contracts.devices.pushSettings, args));
    if (answer) replace(answer);
    return answer !== undefined;
  }

  return (
    <div class="panel-body stack">
      <p class="kept-line" role="status">
        <ToneMark tone={wording.tone} />
        <span>{wording.word}</span>
      </p>
      {wanted?.outcome?.reason && <p class="small">{reasonSentence(wanted.outcome.reason)}</p>}
      <dl class="facts">
        <Fact name="Wanted" note={wanted && valuesText(wanted.values)}>
          {wanted ? `Version ${wanted.version}` : "The box's own settings"}
        </Fact>
        <Fact
          name="In force"
          note={settings.report && (
            <>
              Reported <Moment at={settings.report.at} />
            </>
          )}
        >
          {inForceWords(settings)}
        </Fact>
      </dl>
      <Refused ask={ask} />
      {readOnly === undefined && (
        <div class="form-foot">
          <button type="button" class="button" onClick={() => void (open.value = true)}>
            Change settings
          </button>
          {before && (
            <AskButton
              ask={ask}
              doing="Going back"
              press={() => void push(before.values, false)}
            >
              Go back to version {before.version}
            </AskButton>
          )}
        </div>
      )}
      {older.length > 0 && (
        <details>
          <summary>Versions before</summary>
          <ul class="things settings-versions">
            {older.map((each) => <Older key={each.version} of={each} />)}
          </ul>
        </details>
      )}
      {open.value && (
        <SettingsDialog
          sender={sender}
          settings={settings}
          ask={ask}
          push={push}
          close={() => void (open.value = false)}
        />
      )}
    </div>
  );
}

function Older({ of: version }: { of: DeviceSettingsVersion }) {
  return (
    <li class="thing">
      <div class="thing-head">
        <b>Version {version.version}</b>
        <span class="soft">{outcomeWords(version)}</span>
      </div>
      <p class="small">{valuesText(version.values)}</p>
      <p class="soft small">
        <Moment at={version.at} /> by {version.by}
        {version.outcome?.reason && `. ${reasonSentence(version.outcome.reason)}`}
      </p>
    </li>
  );
}

/**
 * The form that changes a stream while it runs. It shows the fields that the device changed, or its refusal.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { EncoderConfig } from "../../../protocol/field/device.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { Mark } from "../../shared/mark.tsx";
import { appliedWords, draftOf, type HotDraft, hotUpdate } from "../model/hot_settings.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Ago } from "../widgets/figure.tsx";
import { NumberField } from "../widgets/form.tsx";

/** The form that changes the settings of a running stream. */
export function HotSettings({ stream, encoder }: { stream: Stream; encoder: EncoderConfig }) {
  const { api, time } = useServices();
  const ask = useAsk(`config:${stream.stream_id}`);
  const readOnly = useReadOnly();
  const draft = useSignal<HotDraft>(draftOf(encoder));
  const taken = useSignal<{ at: number; words: string } | undefined>(undefined);
  const change = (next: Partial<HotDraft>) => void (draft.value = { ...draft.value, ...next });
  const update = hotUpdate(draft.value, encoder);
  const off = readOnly !== undefined;

  async function apply() {
    if (!update) return;
    const params = { id: stream.sender_id };
    const answer = await ask.run(() =>
      api.call(contracts.senders.config, { params, body: update })
    );
    if (!answer) return;
    taken.value = { at: time.read(), words: appliedWords(answer.applied) };
    change({ sparePercent: undefined });
  }

  return (
    <form
      class="stack hot"
      aria-label="Change while it runs"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <h3>Change while it runs</h3>
      <div class="fields">
        <NumberField
          label="Bitrate"
          unit="kb/s"
          min={50}
          max={100_000}
          required
          disabled={off}
          value={draft.value.bitrateKbps}
          change={(bitrateKbps) => change({ bitrateKbps })}
        />
        <NumberField
          label="Keyframe within"
          unit="pictures"
          min={1}
          max={1000}
          disabled={off}
          placeholder="As it is"
          value={draft.value.keyintMax}
          change={(keyintMax) => change({ keyintMax })}
        />
        {stream.transport === "rist" && (
          <NumberField
            label="Second copies take"
            unit="% of spare room"
            min={0}
            max={100}
            disabled={off}
            placeholder="As it is"
            value={draft.value.sparePercent}
            change={(sparePercent) => change({ sparePercent })}
          />
        )}
      </div>
      <Refused ask={ask} />
      <div class="form-foot">
        <AskButton
          ask={ask}
          doing="Changing"
          submit
          blocked={readOnly ?? (update ? undefined : "Nothing differs from what runs.")}
        >
          Apply
        </AskButton>
        {taken.value && ask.state.value.state === "idle" && (
          <span class="taken small" role="status">
            <Mark status="live" /> The device took {taken.value.words} <Ago at={taken.value.at} />
          </span>
        )}
      </div>
    </form>
  );
}

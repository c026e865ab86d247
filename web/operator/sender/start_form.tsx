/**
 * The form that starts a stream. It offers the inputs and interfaces of the device; one that cannot be used now
 * shows the reason.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { newId } from "../../../protocol/ids.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { useDestinations } from "../destination/use_destinations.ts";
import type { Status } from "../model/fleet_state.ts";
import {
  bitrateFault,
  firstDraft,
  latencyFault,
  linkChoices,
  type SourceChoice,
  sourceChoices,
  startBody,
  type StartDraft,
  workerChoices,
} from "../model/start_form.ts";
import { PresetBar } from "../preset/bar.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Check, Form, Group, NumberField, SelectField } from "../widgets/form.tsx";

/** The form that starts a stream with what the device reported in `status`. */
export function StartForm({ sender, status }: { sender: Sender; status: Status }) {
  const { api, clock, fleet, random } = useServices();
  const ask = useAsk(`start:${sender.sender_id}`);
  const draft = useSignal<StartDraft>(firstDraft(status));
  const attempt = useRef(newId({ clock, random }));
  useEffect(() => ask.clear(), []);
  const change = (next: Partial<StartDraft>) => void (draft.value = { ...draft.value, ...next });
  const sources = sourceChoices(status);
  const chosen = sources.find(({ key }) => key === draft.value.sourceKey);

  async function start() {
    const body = startBody(draft.value, status);
    if ("fault" in body) return ask.refuse(body.fault);
    const answer = await ask.run(async () => {
      const options = { idempotencyKey: attempt.current };
      const params = { id: sender.sender_id };
      const result = await api.call(contracts.senders.start, { params, body }, options);
      // Without an answer the stream may have started: the next press repeats the request with the same id.
      if (result.ok || result.status !== 0) attempt.current = newId({ clock, random });
      return result;
    });
    if (answer) fleet.setStream(answer.stream);
  }

  return (
    <>
      <PresetBar
        status={status}
        draft={draft.value}
        take={(next) => void (draft.value = next)}
      />
      <Form class="panel-body start-form" submit={start}>
        <Group name="Source" side>
          {sources.length === 0 && <p class="soft">The device reports no source.</p>}
          {sources.map((source) => (
            <Check
              key={source.key}
              radio="source"
              label={source.label}
              detail={source.unusable ?? source.detail}
              checked={source.key === draft.value.sourceKey}
              disabled={source.unusable !== undefined}
              change={() =>
                change({ sourceKey: source.key, mode: source.modes.length > 0 ? 0 : undefined })}
            />
          ))}
        </Group>
        <div class="fields">
          {chosen && chosen.modes.length > 0 && (
            <ModeField
              source={chosen}
              mode={draft.value.mode ?? 0}
              change={(mode) => change({ mode })}
            />
          )}
          <NumberField
            label="Bitrate"
            unit="kb/s"
            min={50}
            max={100_000}
            step={50}
            required
            value={Number.isNaN(draft.value.bitrateKbps) ? undefined : draft.value.bitrateKbps}
            fault={bitrateFault(draft.value)}
            change={(value) => change({ bitrateKbps: value ?? NaN })}
          />
          <NumberField
            label="At least"
            unit="kb/s"
            min={50}
            max={100_000}
            placeholder="Automatic"
            value={draft.value.minKbps}
            change={(minKbps) => change({ minKbps })}
          />
          <NumberField
            label="At most"
            unit="kb/s"
            min={50}
            max={100_000}
            placeholder="Automatic"
            value={draft.value.maxKbps}
            change={(maxKbps) => change({ maxKbps })}
          />
          <NumberField
            label="Wait for late packets"
            unit="ms"
            min={20}
            max={30_000}
            placeholder="200"
            value={draft.value.latencyMs}
            fault={latencyFault(draft.value)}
            change={(latencyMs) => change({ latencyMs })}
          />
          <WorkerField draft={draft.value} change={change} />
        </div>
        <div class="columns">
          <Links status={status} draft={draft.value} change={change} />
          <Destinations draft={draft.value} change={change} />
        </div>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton
            ask={ask}
            doing="Starting"
            tone="primary"
            icon="play"
            submit
            blocked={sources.some(({ unusable }) => !unusable)
              ? undefined
              : "The device has no source that it can use now."}
          >
            Start stream
          </AskButton>
          <Check
            label="Keep live"
            detail="Start it again after every end, until an operator stops it."
            checked={draft.value.keepLive}
            change={(keepLive) => change({ keepLive })}
          />
        </div>
      </Form>
    </>
  );
}

function ModeField(
  { source, mode, change }: { source: SourceChoice; mode: number; change: (mode: number) => void },
) {
  return (
    <div class="broad">
      <SelectField
        label="Picture"
        value={String(mode)}
        options={source.modes.map(({ resolution, framerate }, index) => ({
          value: String(index),
          label: `${resolution.replace("x", "×")} at ${framerate} fps`,
        }))}
        change={(value) => change(Number(value))}
      />
    </div>
  );
}

interface PartProps {
  readonly draft: StartDraft;
  readonly change: (next: Partial<StartDraft>) => void;
}

/** Any worker, or one. One that was chosen stays in the list when it is away. */
function WorkerField({ draft: { workerId, links }, change }: PartProps) {
  const { fleet } = useServices();
  const choices = workerChoices(fleet.on.workers.value.values(), links.length);
  const isKnown = workerId === undefined || choices.some(({ id }) => id === workerId);
  return (
    <SelectField
      label="Worker"
      value={workerId ?? ""}
      options={[
        { value: "", label: "Any" },
        ...choices.map(({ id, label, usable }) => ({ value: id, label, off: !usable })),
        ...(isKnown ? [] : [{ value: workerId, label: `${workerId} (not connected)`, off: true }]),
      ]}
      change={(value) => change({ workerId: choices.find(({ id }) => id === value)?.id })}
    />
  );
}

function Links({ status, draft, change }: PartProps & { status: Status }) {
  return (
    <Group name="Links">
      {linkChoices(status).map(({ name, detail, unusable }) => (
        <Check
          key={name}
          label={name}
          detail={unusable ?? detail}
          checked={draft.links.includes(name) && unusable === undefined}
          disabled={unusable !== undefined}
          change={(on) =>
            change({
              links: on ? [...draft.links, name] : draft.links.filter((each) => each !== name),
            })}
        />
      ))}
    </Group>
  );
}

function Destinations({ draft, change }: PartProps) {
  const { state } = useDestinations();
  return (
    <Group name="Send on to">
      {state.state === "loading" && <p class="soft">Loading destinations…</p>}
      {state.state === "failed" && <p class="soft">{state.error.message}</p>}
      {state.state === "ready" && state.value.length === 0 && (
        <p class="soft">
          None yet. <a href="/operator/destinations">Add one</a>.
        </p>
      )}
      {state.state === "ready" &&
        state.value.map(({ destination_id, name, platform }) => (
          <Check
            key={destination_id}
            label={name}
            detail={platform}
            checked={draft.destinations.includes(destination_id)}
            change={(on) =>
              change({
                destinations: on
                  ? [...draft.destinations, destination_id]
                  : draft.destinations.filter((each) => each !== destination_id),
              })}
          />
        ))}
    </Group>
  );
}

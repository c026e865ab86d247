/**
 * The dialog that adds or changes a destination.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Destination, Platform } from "../../../protocol/rest/streams.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Form, SelectField, TextField } from "../widgets/form.tsx";

interface PlatformWords {
  readonly label: string;
  /** The public ingest address is known; no address is asked for. */
  readonly known: boolean;
  readonly needsKey: boolean;
  readonly example: string;
}

const STORED = "Stored. Type a new one to replace it";

/** The streaming platforms that a destination can belong to, in words. */
export const PLATFORMS: Record<Platform, PlatformWords> = {
  youtube: { label: "YouTube", known: true, needsKey: true, example: "" },
  twitch: { label: "Twitch", known: true, needsKey: true, example: "" },
  rtmp: { label: "RTMP", known: false, needsKey: false, example: "rtmp://host.example.org/live" },
  srt: { label: "SRT", known: false, needsKey: false, example: "srt://host.example.org:9000" },
};

interface DialogProps {
  /** Absent: a new one. */
  readonly destination?: Destination;
  readonly done: () => void;
  readonly close: () => void;
}

/** The dialog that adds a destination or changes an existing one. */
export function DestinationDialog({ destination, done, close }: DialogProps) {
  const { api } = useServices();
  const ask = useAsk(`destination:${destination?.destination_id ?? "new"}`);
  const name = useSignal(destination?.name ?? "");
  const platform = useSignal<Platform>(destination?.platform ?? "youtube");
  const url = useSignal(destination?.url ?? "");
  const key = useSignal("");
  const passphrase = useSignal("");
  useEffect(() => ask.clear(), []);
  const { known, needsKey, example } = PLATFORMS[platform.value];
  const isSrt = platform.value === "srt";
  const save = async () => {
    const body = {
      name: name.value,
      platform: platform.value,
      ...(known ? {} : { url: url.value }),
      ...(key.value ? { stream_key: key.value } : {}),
      ...(isSrt && passphrase.value ? { passphrase: passphrase.value } : {}),
    };
    const answer = await ask.run(() =>
      destination
        ? api.call(contracts.destinations.change, {
          params: { id: destination.destination_id },
          body,
        })
        : api.call(contracts.destinations.create, { body })
    );
    if (!answer) return;
    done();
    close();
  };
  return (
    <Dialog title={destination ? `Change ${destination.name}` : "Add destination"} close={close}>
      <Form submit={save}>
        <TextField
          label="Name"
          placeholder="Regatta main"
          required
          focus
          maxLength={80}
          value={name.value}
          change={(value) =>
            void (name.value = value)}
        />
        <SelectField
          label="Platform"
          value={platform.value}
          options={(Object.keys(PLATFORMS) as Platform[]).map((value) => ({
            value,
            label: PLATFORMS[value].label,
          }))}
          change={(value) =>
            void (platform.value = value)}
        />
        {!known && (
          <TextField
            label="Address"
            type="url"
            placeholder={example}
            hint="Without stream key and passphrase. Addresses inside this network are refused."
            required
            maxLength={1024}
            value={url.value}
            change={(value) => void (url.value = value)}
          />
        )}
        <TextField
          label={isSrt ? "Stream id" : "Stream key"}
          type="password"
          autocomplete="off"
          required={needsKey && !destination?.has_key}
          maxLength={512}
          placeholder={destination?.has_key ? STORED : ""}
          hint="It is stored encrypted and never shown again."
          value={key.value}
          change={(value) => void (key.value = value)}
        />
        {isSrt && (
          <TextField
            label="Passphrase"
            type="password"
            autocomplete="off"
            maxLength={79}
            placeholder={destination?.has_passphrase ? STORED : ""}
            hint="10 to 79 bytes, as the receiver has it. It encrypts the link, and is never shown."
            value={passphrase.value}
            change={(value) => void (passphrase.value = value)}
          />
        )}
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Saving" tone="primary" submit>
            {destination ? "Save" : "Add destination"}
          </AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

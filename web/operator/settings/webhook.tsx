/**
 * The address that alerts are posted to, the result of the last delivery, and the test of the address.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { AlertSettings } from "../../../protocol/rest/settings.ts";
import { Mark } from "../../shared/mark.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import type { Fetching } from "../widgets/fetched.ts";
import { Ago, ReadAge } from "../widgets/figure.tsx";
import { Form, TextField } from "../widgets/form.tsx";

interface PanelProps {
  readonly fetching: Fetching<AlertSettings>;
  /** What was fetched. */
  readonly settings: AlertSettings;
}

/** The panel of the alert webhook. */
export function WebhookPanel({ settings: { webhook, last_delivery }, fetching }: PanelProps) {
  const { api } = useServices();
  const ask = useAsk("webhook");
  const testing = useAsk("webhook-test");
  /** The address that was typed here and is not saved; the stored one is shown without it. */
  const typed = useSignal<string | undefined>(undefined);
  const url = typed.value ?? webhook?.url ?? "";
  const secret = useSignal("");
  const tested = useSignal<{ ok: boolean; detail: string } | undefined>(undefined);
  const saved = url === (webhook?.url ?? "") && secret.value === "";
  const save = async () => {
    const next = url === "" ? null : { url, ...(secret.value ? { secret: secret.value } : {}) };
    const answer = await ask.run(() =>
      api.call(contracts.alerts.change, { body: { webhook: next } })
    );
    if (!answer) return;
    secret.value = "";
    typed.value = undefined;
    fetching.replace(answer);
  };
  const test = async () => {
    tested.value = undefined;
    tested.value = await testing.run(() => api.call(contracts.alerts.test, {}));
  };
  return (
    <section class="panel" id="webhook" aria-labelledby="webhook-head">
      <div class="panel-head">
        <h2 id="webhook-head">Webhook</h2>
        <ReadAge of={fetching.state} />
        {last_delivery && (
          <span class="state fine soft">
            <Mark status={last_delivery.ok ? "live" : "lost"} />
            <span>
              Last delivery <Ago at={last_delivery.at} />: {last_delivery.detail}
            </span>
          </span>
        )}
      </div>
      <Form class="panel-body" submit={save}>
        <TextField
          label="Address"
          type="url"
          placeholder="https://hooks.example.org/farpad"
          hint="Each alert is posted there as JSON, when it is raised and when it clears. Empty: nowhere."
          maxLength={1024}
          value={url}
          change={(value) => void (typed.value = value)}
        />
        <TextField
          label="Secret"
          type="password"
          autocomplete="off"
          maxLength={200}
          placeholder={webhook?.has_secret ? "Stored. Type a new one to replace it" : ""}
          hint="Signs each post in X-Farpad-Signature, so that the receiver knows it is from here."
          value={secret.value}
          change={(value) => void (secret.value = value)}
        />
        <Refused ask={ask} />
        <Refused ask={testing} />
        {tested.value && (
          <p class="notice" role="status">
            <Mark status={tested.value.ok ? "live" : "lost"} />
            <span>
              {tested.value.ok ? "The test alert arrived." : "The test alert did not arrive."}{" "}
              {tested.value.detail}
            </span>
          </p>
        )}
        <div class="form-foot">
          <AskButton
            ask={ask}
            doing="Saving"
            tone="primary"
            submit
            blocked={saved ? "Nothing differs from what is stored." : undefined}
          >
            Save webhook
          </AskButton>
          <AskButton
            ask={testing}
            doing="Posting"
            blocked={!webhook
              ? "There is no address yet."
              : saved
              ? undefined
              : "Save first: the stored address is what is tested."}
            press={() => void test()}
          >
            Post a test alert
          </AskButton>
        </div>
      </Form>
    </section>
  );
}

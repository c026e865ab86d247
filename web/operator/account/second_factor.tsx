/**
 * The user's second factor: setting up an authenticator app, and turning it off.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices, useUser } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CodeField } from "../widgets/code_field.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { QrCode } from "../../shared/qr/qr.tsx";
import { State } from "../widgets/tone.tsx";

/** The panel that shows whether the second factor is on, and changes it. */
export function SecondFactorPanel() {
  const { second_factor: on } = useUser();
  // As it was at the click: while the recovery codes are shown, the user's data says already that it is on.
  const open = useSignal<"set_up" | "turn_off" | undefined>(undefined);
  const close = () => void (open.value = undefined);
  const begin = () => void (open.value = on ? "turn_off" : "set_up");
  return (
    <section class="panel" aria-labelledby="second-factor">
      <div class="panel-head">
        <h2 id="second-factor">Second factor</h2>
        <button type="button" class="button small-button" onClick={begin}>
          {on ? "Turn off" : "Set up"} <span class="unseen">the second factor</span>
        </button>
      </div>
      <div class="panel-body">
        {on ? <State tone="ready" word="On" /> : <State tone="off" word="Off" />}
        <p class="soft">
          {on
            ? "Signing in takes your password and a code of your authenticator app."
            : "With it, signing in takes your password and a code of an app on your phone."}
        </p>
      </div>
      {open.value === "set_up" && <SetUp close={close} />}
      {open.value === "turn_off" && <TurnOff close={close} />}
    </section>
  );
}

type Step =
  | { readonly step: "password" }
  | { readonly step: "code"; readonly secret: string; readonly uri: string }
  | { readonly step: "recovery"; readonly codes: readonly string[] };

function SetUp({ close }: { close: () => void }) {
  const { api } = useServices();
  const ask = useAsk("second-factor");
  const state = useSignal<Step>({ step: "password" });
  const current = useSignal("");
  const code = useSignal("");
  useEffect(() => ask.clear(), []);
  const offer = async () => {
    const body = { current: current.value };
    const answer = await ask.run(() => api.call(contracts.secondFactor.offer, { body }));
    if (answer) state.value = { step: "code", ...answer };
  };
  const confirm = async () => {
    const body = { code: code.value };
    const answer = await ask.run(() => api.call(contracts.secondFactor.confirm, { body }));
    if (answer) state.value = { step: "recovery", codes: answer.recovery_codes };
  };
  const done = async () => {
    close();
    await api.renew();
  };
  const { value } = state;
  switch (value.step) {
    case "password":
      return (
        <Dialog title="Set up an authenticator app" close={close}>
          <Form submit={offer}>
            <PasswordField value={current.value} change={(text) => void (current.value = text)} />
            <Refused ask={ask} />
            <div class="dialog-foot">
              <AskButton ask={ask} doing="Checking" tone="primary" submit>Continue</AskButton>
            </div>
          </Form>
        </Dialog>
      );
    case "code":
      return (
        <Dialog title="Set up an authenticator app" close={close}>
          <Form submit={confirm}>
            <p>Scan this with your authenticator app, or enter the key in it.</p>
            <QrCode text={value.uri} label="QR code for the authenticator app" />
            <CopyText label="key" text={value.secret} />
            <CodeField
              label="Code that the app shows"
              value={code.value}
              change={(text) => void (code.value = text)}
            />
            <Refused ask={ask} />
            <div class="dialog-foot">
              <AskButton ask={ask} doing="Turning on" tone="primary" submit>Turn on</AskButton>
            </div>
          </Form>
        </Dialog>
      );
    case "recovery":
      return (
        <Dialog title="Recovery codes" close={() => void done()}>
          <p>
            The second factor is on. Keep these codes: each signs you in once when the app is lost.
            They are shown only here.
          </p>
          <CopyText label="recovery codes" text={value.codes.join(" ")} />
          <div class="dialog-foot">
            <button type="button" class="button primary" onClick={() => void done()}>Done</button>
          </div>
        </Dialog>
      );
  }
}

function TurnOff({ close }: { close: () => void }) {
  const { api } = useServices();
  const ask = useAsk("second-factor");
  const current = useSignal("");
  const code = useSignal("");
  useEffect(() => ask.clear(), []);
  const remove = async () => {
    const body = { current: current.value, code: code.value };
    if (!await ask.run(() => api.call(contracts.secondFactor.remove, { body }))) return;
    close();
    await api.renew();
  };
  return (
    <Dialog title="Turn off the second factor?" close={close}>
      <Form submit={remove}>
        <p>From then on your password alone signs you in.</p>
        <PasswordField value={current.value} change={(text) => void (current.value = text)} />
        <CodeField
          label="Code of the app, or a recovery code"
          value={code.value}
          change={(text) => void (code.value = text)}
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Turning off" tone="danger" submit>Turn off</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

function PasswordField({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <TextField
      label="Your password"
      type="password"
      autocomplete="current-password"
      required
      focus
      value={value}
      change={change}
    />
  );
}

/**
 * The page of a link that sets a new password.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { useTitle } from "../../shared/use_title.ts";
import { OneTimeLink } from "./link_check.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Form } from "../widgets/form.tsx";
import { Gate } from "../widgets/gate.tsx";
import { NewPasswordField } from "../widgets/new_password.tsx";

/** The page on which a person with a reset link chooses a new password. */
export function ResetPage() {
  return <OneTimeLink kind="reset" form={(token) => <NewPassword token={token} />} />;
}

function NewPassword({ token }: { token: string }) {
  useTitle("Set a new password · Farpad operator");
  const { api } = useServices();
  const ask = useAsk("reset");
  const password = useSignal("");
  const done = useSignal(false);
  useEffect(() => ask.clear(), []);
  if (done.value) {
    return (
      <Gate title="The password is changed">
        <p class="soft" role="status">Every login ended. Sign in with the new password.</p>
        <a class="button primary" href="/operator">Sign in</a>
      </Gate>
    );
  }
  const submit = async () => {
    const body = { token, password: password.value };
    if (await ask.run(() => api.call(contracts.auth.resetPassword, { body }))) done.value = true;
  };
  return (
    <Gate title="Set a new password">
      <p class="soft">This link works once. Every login of your account ends with it.</p>
      <Form submit={submit}>
        <NewPasswordField
          label="New password"
          focus
          value={password.value}
          change={(value) => void (password.value = value)}
        />
        <Refused ask={ask} />
        <AskButton ask={ask} doing="Setting" tone="primary" submit>Set password</AskButton>
      </Form>
    </Gate>
  );
}

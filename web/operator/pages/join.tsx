/**
 * The pages of the two one-time links that create an account: the first administrator's, and an invitation.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { useTitle } from "../../shared/use_title.ts";
import { OneTimeLink } from "../people/link_check.tsx";
import { linkSecrets } from "../people/link_secrets.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { Gate, IncompleteLink } from "../widgets/gate.tsx";
import { NewPasswordField } from "../widgets/new_password.tsx";

/** The page that creates the first administrator's account. */
export function SetupPage() {
  const needed = useSetupNeeded();
  if (needed === undefined) {
    return (
      <Gate title="Farpad operator">
        <p class="soft" role="status">Looking whether this installation is set up…</p>
      </Gate>
    );
  }
  if (!needed) return <SetupDone />;
  const { token } = linkSecrets(location.hash);
  if (!token) return <IncompleteLink />;
  return (
    <Join
      token={token}
      title="Create the first administrator"
      lead="This link works once. The account you make here sees everything and invites others."
      action="Create administrator"
      how="setUp"
    />
  );
}

/** The page that creates the account of an invited person. */
export function AcceptPage() {
  return (
    <OneTimeLink
      kind="invitation"
      form={(token) => (
        <Join
          token={token}
          title="Accept the invitation"
          lead="Choose how you appear to others, and a password."
          action="Create account"
          how="accept"
        />
      )}
    />
  );
}

function SetupDone() {
  useTitle("Setup is done · Farpad operator");
  return (
    <Gate title="Setup is done">
      <p class="soft">
        The first administrator exists, so this link does nothing any more. To get an account, ask
        an administrator for an invitation.
      </p>
      <a class="button primary" href="/operator">Sign in</a>
    </Gate>
  );
}

/** Whether the first administrator is still to be created; `undefined` until that is known. */
function useSetupNeeded(): boolean | undefined {
  const { api } = useServices();
  const needed = useSignal<boolean | undefined>(undefined);
  useEffect(() => {
    void api.call(contracts.auth.setupState, {}).then((result) => {
      // Without an answer the form is shown: it says itself why it cannot be sent.
      needed.value = !result.ok || result.value.needed;
    });
  }, []);
  return needed.value;
}

interface JoinProps {
  readonly token: string;
  readonly title: string;
  readonly lead: string;
  readonly action: string;
  readonly how: "setUp" | "accept";
}

function Join({ token, title, lead, action, how }: JoinProps) {
  useTitle(`${title} · Farpad operator`);
  const { api } = useServices();
  const { query, route } = useLocation();
  const ask = useAsk(`join:${how}`);
  const email = useSignal(query.email ?? "");
  const name = useSignal("");
  const password = useSignal("");
  useEffect(() => ask.clear(), []);
  const submit = async () => {
    const body = { token, email: email.value, name: name.value, password: password.value };
    const answer = await ask.run(() => api[how](body));
    if (answer) route("/operator", true);
  };
  return (
    <Gate title={title}>
      <p class="soft">{lead}</p>
      <Form submit={submit}>
        <TextField
          label="Your name"
          name="name"
          autocomplete="name"
          required
          focus
          maxLength={80}
          value={name.value}
          change={(value) => void (name.value = value)}
        />
        <TextField
          label="Email"
          type="email"
          name="email"
          autocomplete="username"
          required
          value={email.value}
          change={(value) => void (email.value = value)}
        />
        <NewPasswordField
          label="Password"
          value={password.value}
          change={(value) => void (password.value = value)}
        />
        <Refused ask={ask} />
        <AskButton ask={ask} doing="Creating" tone="primary" submit>{action}</AskButton>
      </Form>
    </Gate>
  );
}

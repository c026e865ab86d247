/**
 * The pages of the two one-time links that create an account: the first administrator's, and an invitation.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { useTitle } from "../../shared/use_title.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { Gate } from "../widgets/gate.tsx";

/** The page that creates the first administrator's account. */
export function SetupPage() {
  return (
    <Join
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
    <Join
      title="Accept the invitation"
      lead="Choose how you appear to others, and a password."
      action="Create account"
      how="accept"
    />
  );
}

interface JoinProps {
  readonly title: string;
  readonly lead: string;
  readonly action: string;
  readonly how: "setUp" | "accept";
}

/** The token behind the `#` of a link: browsers do not send that part, so no log contains it. */
function linkSecrets(hash: string): { readonly token?: string } {
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

/** Shorter passwords are refused by the coordinator. */
const SHORTEST = 8;

function Join({ title, lead, action, how }: JoinProps) {
  useTitle(`${title} · Farpad operator`);
  const { api } = useServices();
  const { query, route } = useLocation();
  const ask = useAsk(`join:${how}`);
  const email = useSignal(query.email ?? "");
  const name = useSignal("");
  const password = useSignal("");
  useEffect(() => ask.clear(), []);
  const { token } = linkSecrets(location.hash);
  if (!token) {
    return (
      <Gate title="This link is not complete">
        <p class="soft">It ends before its token. Copy the whole address from where you got it.</p>
        <a class="button" href="/operator">Sign in instead</a>
      </Gate>
    );
  }
  const submit = async () => {
    const body = { token, email: email.value, name: name.value, password: password.value };
    const answer = await ask.run(() => api[how](body));
    if (answer) route("/operator", true);
  };
  const short = password.value !== "" && password.value.length < SHORTEST;
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
        <TextField
          label="Password"
          type="password"
          name="password"
          autocomplete="new-password"
          required
          minLength={SHORTEST}
          hint={`At least ${SHORTEST} characters.`}
          fault={short
            ? `${SHORTEST - password.value.length} more characters, at least.`
            : undefined}
          value={password.value}
          change={(value) => void (password.value = value)}
        />
        <Refused ask={ask} />
        <AskButton ask={ask} doing="Creating" tone="primary" submit>{action}</AskButton>
      </Form>
    </Gate>
  );
}

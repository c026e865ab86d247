/**
 * The sign-in form. It is shown at the opened address, and afterwards the page of that address appears.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import {
  BEGIN_PATH,
  pageAfterSignIn,
  SignInFailure,
} from "../../../protocol/rest/single_sign_on.ts";
import { Mark } from "../../shared/mark.tsx";
import { formatLeft } from "../../shared/format.ts";
import { placed, unplaced } from "../../shared/place.ts";
import { useTitle } from "../../shared/use_title.ts";
import { useAsk, useNow, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CodeField } from "../widgets/code_field.tsx";
import { Gate } from "../widgets/gate.tsx";
import { Form, TextField } from "../widgets/form.tsx";

/** The page with the sign-in form. */
export function SignInPage() {
  useTitle("Sign in · Farpad operator");
  const state = useServices().api.state.value;
  switch (state.state) {
    case "checking":
      return (
        <Gate title="Farpad operator">
          <p class="soft" role="status">Looking whether you are signed in…</p>
        </Gate>
      );
    case "unreachable":
      return <Unreachable message={state.message} retryAt={state.retryAt} />;
    default:
      return <SignIn why={state.state === "signed_out" ? state.why : undefined} />;
  }
}

function Unreachable({ message, retryAt }: { message: string; retryAt: number }) {
  const { api, clock } = useServices();
  useNow();
  return (
    <Gate title="The coordinator does not answer">
      <p class="notice" role="status">
        <Mark status="lost" />
        <span>{message}</span>
      </p>
      <p class="soft figures">Trying again in {formatLeft(retryAt - clock.now())}.</p>
      <button type="button" class="button" onClick={() => void api.resume()}>Try now</button>
    </Gate>
  );
}

function SignIn({ why = failureWords() }: { why: string | undefined }) {
  const { api } = useServices();
  const ask = useAsk("sign-in");
  const email = useSignal("");
  const password = useSignal("");
  useEffect(() => ask.clear(), []);
  /** Undefined until the coordinator asks for a code. */
  const code = useSignal<string | undefined>(undefined);
  const signIn = async () => {
    const given = code.value === undefined ? {} : { code: code.value };
    const result = await api.signIn({ email: email.value, password: password.value, ...given });
    if (!result.ok && result.error.code === "code_needed") code.value = "";
    const back = pageBack();
    if (result.ok && back !== undefined) location.replace(placed(back));
    return result;
  };
  return (
    <Gate title="Sign in">
      {why && (
        <p class="notice" role="status">
          <Mark status="off" />
          <span>{why}</span>
        </p>
      )}
      <Form submit={() => ask.run(signIn)}>
        <TextField
          label="Email"
          type="email"
          name="email"
          autocomplete="username"
          required
          focus
          value={email.value}
          change={(value) => void (email.value = value)}
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password.value}
          change={(value) => void (password.value = value)}
        />
        {code.value !== undefined && (
          <CodeField
            label="Code of your authenticator app, or a recovery code"
            focus
            value={code.value}
            change={(text) => void (code.value = text)}
          />
        )}
        <Refused ask={ask} />
        <AskButton ask={ask} doing="Signing in" tone="primary" submit>Sign in</AskButton>
      </Form>
      <OtherWay />
      <FirstRun />
    </Gate>
  );
}

/** The link to the sign-in provider, where one is set. */
function OtherWay() {
  const { api } = useServices();
  const provider = useSignal<string | undefined>(undefined);
  useEffect(() => {
    void api.call(contracts.signIn.ways, {}).then((result) => {
      if (result.ok) provider.value = result.value.provider;
    });
  }, []);
  if (provider.value === undefined) return null;
  const here = unplaced(location.pathname) + location.search;
  const back = new URLSearchParams({ back: pageBack() ?? here });
  return <a class="button" href={placed(`${BEGIN_PATH}?${back}`)}>Sign in with {provider.value}</a>;
}

/** The player's page that led here and is shown again after the sign-in. */
function pageBack(): string | undefined {
  return pageAfterSignIn(new URLSearchParams(location.search).get("back") ?? undefined);
}

const FAILURES: Record<SignInFailure, string> = {
  cancelled: "You cancelled the sign-in at the provider.",
  expired: "The sign-in took too long or was begun in another browser. Try again.",
  failed: "The sign-in provider could not be used. Try again, or ask an administrator.",
  no_group: "Your account at the provider is in no group that may use this installation.",
  no_email: "The provider names no email address for your account.",
  email_taken: "There is an account with your email, and the provider has not verified the email.",
  disabled: "Your account is disabled. Ask an administrator.",
  not_set_up: "The first administrator is not set up yet.",
};

/** Why the sign-in at the provider failed, in words; `undefined` when the page was opened otherwise. */
function failureWords(): string | undefined {
  const failure = SignInFailure.safeParse(/^#sign-in=(\w+)$/.exec(location.hash)?.[1]);
  return failure.data && FAILURES[failure.data];
}

/** The notice on a new installation, where no user exists: the terminal shows the link that creates the first. */
function FirstRun() {
  const { api } = useServices();
  const needed = useSignal(false);
  useEffect(() => {
    void api.call(contracts.auth.setupState, {}).then((result) => {
      needed.value = result.ok && result.value.needed;
    });
  }, []);
  if (!needed.value) return null;
  return (
    <p class="notice">
      <Mark status="attention" />
      <span>
        Nobody has an account here yet. Open the one-time link that the coordinator printed in its
        terminal when it started; it creates the first administrator.
      </span>
    </p>
  );
}

/**
 * The user's own account: the password, the list of signed-in browsers, and API tokens.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { Login } from "../../../protocol/rest/accounts.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { ApiTokensPanel } from "../account/api_tokens.tsx";
import { SecondFactorPanel } from "../account/second_factor.tsx";
import { browserName } from "../model/browser_name.ts";
import { ROLES } from "../people/roles.ts";
import { useAsk, useServices, useUser } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Ago, Fact, Moment, ReadAge } from "../widgets/figure.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { NewPasswordField } from "../widgets/new_password.tsx";
import { Failure, Loading, Page } from "../widgets/page.tsx";

/** The page of the signed-in user's account. */
export function AccountPage() {
  const { name, email, role, created_at, by_provider: byProvider } = useUser();
  return (
    <Page title="Account">
      <div class="settings">
        <section class="panel">
          <div class="panel-head">
            <h2>You</h2>
          </div>
          <div class="panel-body">
            <dl class="facts">
              <Fact name="Name">{name}</Fact>
              <Fact name="Email">{email}</Fact>
              <Fact name="Role" note={ROLES[role].may}>{ROLES[role].label}</Fact>
              {byProvider && <Fact name="Signs in">Through the provider</Fact>}
              <Fact name="Since">
                <Moment at={created_at} />
              </Fact>
            </dl>
          </div>
        </section>
        {!byProvider && <PasswordPanel />}
        {!byProvider && <SecondFactorPanel />}
        <LoginsPanel />
        <ApiTokensPanel />
      </div>
    </Page>
  );
}

function PasswordPanel() {
  const { api, toaster } = useServices();
  const ask = useAsk("password");
  const current = useSignal("");
  const next = useSignal("");
  const change = async () => {
    const body = { current: current.value, next: next.value };
    const answer = await ask.run(() => api.call(contracts.auth.changePassword, { body }));
    if (!answer) return;
    current.value = "";
    next.value = "";
    toaster.done("The password is changed. Every other login ended.");
  };
  return (
    <section class="panel" aria-labelledby="password">
      <div class="panel-head">
        <h2 id="password">Password</h2>
      </div>
      <Form class="panel-body" submit={change}>
        <div class="columns">
          <TextField
            label="Present password"
            type="password"
            autocomplete="current-password"
            required
            value={current.value}
            change={(value) => void (current.value = value)}
          />
          <NewPasswordField
            label="New password"
            value={next.value}
            change={(value) => void (next.value = value)}
          />
        </div>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton ask={ask} doing="Changing" submit>Change password</AskButton>
          <span class="soft small">Every other login ends with it.</span>
        </div>
      </Form>
    </section>
  );
}

function LoginsPanel() {
  const { state, reload } = useFetched(contracts.auth.logins, {});
  const ask = useAsk("end-login");
  return (
    <section class="panel" aria-labelledby="logins">
      <div class="panel-head">
        <h2 id="logins">Where you are signed in</h2>
        <ReadAge of={state} />
      </div>
      <Refused ask={ask} />
      {state.state === "loading" && <Loading what="logins" rows={2} />}
      {state.state === "failed" && (
        <Failure
          what="Cannot show logins"
          error={state.error}
          retry={() => void reload()}
        />
      )}
      {state.state === "ready" && (
        <ul class="things">
          {state.value.items.map((login) => (
            <LoginRow
              key={login.login_id}
              login={login}
              ended={() => void reload()}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function LoginRow({ login, ended }: { login: Login; ended: () => void }) {
  const { api } = useServices();
  const ask = useAsk("end-login");
  const { login_id, current, address, user_agent, created_at, last_used_at } = login;
  const end = async () => {
    const params = { id: login_id };
    await ask.run(() => api.call(contracts.auth.endLogin, { params }));
    ended();
  };
  return (
    <li class="thing">
      <div class="thing-head">
        <b title={user_agent}>{browserName(user_agent)}</b>
        {current && <span class="tag">This one</span>}
        <span class="thing-end">
          <span class="soft">
            used <Ago at={last_used_at} />
          </span>
          {!current && (
            <button type="button" class="button small-button" onClick={() => void end()}>
              End <span class="unseen">the login of {browserName(user_agent)}</span>
            </button>
          )}
        </span>
      </div>
      <p class="soft fine">
        {address} · signed in <Moment at={created_at} />
      </p>
    </li>
  );
}

/**
 * The user's API tokens: the list, and making one, whose text is shown once.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { ApiToken, TokenScope } from "../../../protocol/rest/api_tokens.ts";
import type { Role } from "../../../protocol/rest/contract.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { formatSpan } from "../model/format.ts";
import { useAsk, useNow, useServices, useUser } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Ago, ReadAge } from "../widgets/figure.tsx";
import { Check, Form, Group, SelectField, TextField } from "../widgets/form.tsx";
import { Failure } from "../widgets/page.tsx";

const SCOPES: Record<TokenScope, { readonly label: string; readonly may: string }> = {
  read: { label: "Read", may: "Sees your fleet and changes nothing." },
  operate: { label: "Operate", may: "Runs your fleet: senders, streams, destinations, alerts." },
  admin: { label: "Administer", may: "Everything you may, except passwords, logins and tokens." },
};

/** The scopes that a user of each role can give. */
const GIVEN_BY: Record<Role, readonly TokenScope[]> = {
  viewer: ["read"],
  operator: ["read", "operate"],
  admin: ["read", "operate", "admin"],
};

/** The panel that lists, makes and revokes API tokens. */
export function ApiTokensPanel() {
  const { api } = useServices();
  const ask = useAsk("api-token");
  const { state, reload } = useFetched(contracts.tokens.list, {});
  const making = useSignal(false);
  const revoke = async (id: string) => {
    await ask.run(() => api.call(contracts.tokens.revoke, { params: { id } }));
    await reload();
  };
  return (
    <section class="panel" aria-labelledby="tokens">
      <div class="panel-head">
        <h2 id="tokens">API tokens</h2>
        <ReadAge of={state} />
        <button
          type="button"
          class="button small-button"
          onClick={() => void (making.value = true)}
        >
          Make a token
        </button>
      </div>
      <Refused ask={ask} />
      {state.state === "failed" && (
        <Failure
          what="Cannot show API tokens"
          error={state.error}
          retry={() => void reload()}
        />
      )}
      {state.state === "ready" && state.value.items.length === 0 && (
        <p class="panel-none soft">
          None. With a token a program calls the <a href="/api/docs">API</a> in your name.
        </p>
      )}
      {state.state === "ready" && state.value.items.length > 0 && (
        <ul class="things">
          {state.value.items.map((token) => (
            <TokenRow
              key={token.token_id}
              token={token}
              revoke={() => void revoke(token.token_id)}
            />
          ))}
        </ul>
      )}
      {making.value && (
        <MakeDialog
          done={() => void reload()}
          close={() => void (making.value = false)}
        />
      )}
    </section>
  );
}

function TokenRow({ token, revoke }: { token: ApiToken; revoke: () => void }) {
  const now = useNow();
  const { name, scope, expires_at, last_used_at } = token;
  const left = expires_at > now ? `${formatSpan(expires_at - now)} left` : "Expired";
  return (
    <li class="thing">
      <div class="thing-head">
        <b>{name}</b>
        <span class="soft">{SCOPES[scope].label}</span>
        <span class="thing-end">
          <span class="soft figures">{left}</span>
          <button type="button" class="button small-button" onClick={revoke}>
            Revoke <span class="unseen">{name}</span>
          </button>
        </span>
      </div>
      <p class="soft fine">
        {last_used_at === undefined ? "Never used" : (
          <>
            Used <Ago at={last_used_at} />
          </>
        )}
      </p>
    </li>
  );
}

const SPANS = [
  { value: "7", label: "A week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "366", label: "A year" },
] as const;

function MakeDialog({ done, close }: { done: () => void; close: () => void }) {
  const { api } = useServices();
  const { role } = useUser();
  const ask = useAsk("make-api-token");
  const name = useSignal("");
  const scope = useSignal<TokenScope>("read");
  const days = useSignal<(typeof SPANS)[number]["value"]>("90");
  const made = useSignal<string | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const make = async () => {
    const body = { name: name.value, scope: scope.value, days: Number(days.value) };
    const answer = await ask.run(() => api.call(contracts.tokens.create, { body }));
    if (!answer) return;
    made.value = answer.token;
    done();
  };
  if (made.value !== undefined) {
    return (
      <Dialog title={`API token ${name.value}`} close={close}>
        <p>
          Send it as <code>Authorization: Bearer …</code>. It is shown only here.
        </p>
        <CopyText label="API token" text={made.value} />
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={close}>Done</button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Make an API token" close={close}>
      <Form submit={make}>
        <TextField
          label="What it is for"
          placeholder="Grafana"
          required
          focus
          maxLength={80}
          value={name.value}
          change={(value) => void (name.value = value)}
        />
        <Group name="Scope">
          {GIVEN_BY[role].map((each) => (
            <Check
              key={each}
              radio="scope"
              label={SCOPES[each].label}
              detail={SCOPES[each].may}
              checked={scope.value === each}
              change={() => void (scope.value = each)}
            />
          ))}
        </Group>
        <SelectField
          label="Works for"
          value={days.value}
          options={SPANS}
          change={(value) => void (days.value = value)}
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Making" tone="primary" submit>Make token</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

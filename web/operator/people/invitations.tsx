/**
 * The open invitations, and the dialog that creates one. The link of an invitation is shown once.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type * as z from "zod/mini";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Role } from "../../../protocol/rest/contract.ts";
import type { Answer } from "../../../protocol/rest/contract.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { formatSpan } from "../model/format.ts";
import { useAsk, useNow, useServices, useUser } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import type { Fetching } from "../widgets/fetched.ts";
import { ReadAge } from "../widgets/figure.tsx";
import { Check, Form, Group, TextField } from "../widgets/form.tsx";
import { Failure } from "../widgets/page.tsx";
import { ROLES } from "./roles.ts";
import { publicLink } from "../../shared/place.ts";

type FetchedInvitations = Fetching<Answer<typeof contracts.users.invitations>>;

/** The list of open invitations. */
export function Invitations({ fetching: { state, reload } }: { fetching: FetchedInvitations }) {
  const { api } = useServices();
  const now = useNow();
  const ask = useAsk("uninvite");
  if (state.state === "loading") return null;
  if (state.state === "failed") {
    const retry = () => void reload();
    return <Failure what="Cannot show invitations" error={state.error} retry={retry} />;
  }
  if (state.value.items.length === 0) return null;
  const withdraw = async (id: string) => {
    await ask.run(() => api.call(contracts.users.uninvite, { params: { id } }));
    await reload();
  };
  return (
    <section class="panel below" aria-labelledby="invitations">
      <div class="panel-head">
        <h2 id="invitations">Open invitations</h2>
        <ReadAge of={state} />
      </div>
      <Refused ask={ask} />
      <ul class="things">
        {state.value.items.map(({ invitation_id, email, role, expires_at }) => (
          <li class="thing" key={invitation_id}>
            <div class="thing-head">
              <b>{email ?? "Any person with the link"}</b>
              <span class="soft">{ROLES[role].label}</span>
              <span class="thing-end">
                <span class="soft figures">
                  {expires_at > now ? `${formatSpan(expires_at - now)} left` : "Expired"}
                </span>
                <button
                  type="button"
                  class="button small-button"
                  onClick={() =>
                    void withdraw(invitation_id)}
                >
                  Withdraw{" "}
                  <span class="unseen">
                    {email ? `the invitation of ${email}` : "the invitation without an email"}
                  </span>
                </button>
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

type Fleet = NonNullable<z.input<typeof contracts.users.invite.body>["fleet"]>;

/** The dialog that creates an invitation and shows its link once. */
export function InviteDialog({ done, close }: { done: () => void; close: () => void }) {
  const { api } = useServices();
  const me = useUser();
  const ask = useAsk("invite");
  const email = useSignal("");
  const role = useSignal<Role>("operator");
  const fleet = useSignal<Fleet>("shared");
  const made = useSignal<string | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const roles = (Object.keys(ROLES) as Role[]).filter((each) =>
    each !== "admin" || me.role === "admin"
  );
  const invite = async () => {
    const body = {
      role: role.value,
      ...(role.value === "operator" ? { fleet: fleet.value } : {}),
      ...(email.value ? { email: email.value } : {}),
    };
    const answer = await ask.run(() => api.call(contracts.users.invite, { body }));
    if (!answer) return;
    made.value = publicLink(answer.path);
    done();
  };
  if (made.value !== undefined) {
    return (
      <Dialog title="Invitation" close={close}>
        <p>
          Send this link to{" "}
          {email.value || "the person you invite"}. It works once and is shown only here.
        </p>
        <CopyText label="invitation link" text={made.value} />
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={close}>Done</button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite a person" close={close}>
      <Form submit={invite}>
        <TextField
          label="Email"
          type="email"
          hint="Leave it empty for a link that works once, for any person."
          focus
          value={email.value}
          change={(value) => void (email.value = value)}
        />
        <Group name="Role">
          {roles.map((each) => (
            <Check
              key={each}
              radio="role"
              label={ROLES[each].label}
              detail={ROLES[each].may}
              checked={role.value === each}
              change={() => void (role.value = each)}
            />
          ))}
        </Group>
        {role.value === "operator" && (
          <Group name="Fleet">
            <Check
              radio="fleet"
              label="Yours"
              detail="Works on the same senders as you."
              checked={fleet.value === "shared"}
              change={() => void (fleet.value = "shared")}
            />
            <Check
              radio="fleet"
              label="One of their own"
              detail="Begins empty; neither sees the other's senders."
              checked={fleet.value === "own"}
              change={() => void (fleet.value = "own")}
            />
          </Group>
        )}
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Inviting" tone="primary" submit>Make invitation</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

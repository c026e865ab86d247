/**
 * What an administrator does to another user: reset the password, disable, enable.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { User } from "../../../protocol/rest/accounts.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { publicLink } from "../../shared/place.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { Ago, Moment } from "../widgets/figure.tsx";

/** The dialog with everything that an administrator may do to a user. */
export function PersonDialog(
  { user, changed, close }: { user: User; changed: () => void; close: () => void },
) {
  return (
    <Dialog title={user.name} close={close}>
      <p class="soft">
        {user.email} · {user.last_login_at === undefined ? "never signed in" : (
          <>
            last signed in <Ago at={user.last_login_at} />
          </>
        )}
      </p>
      <ul class="things">
        <Password user={user} />
        {user.second_factor && <SecondFactor user={user} changed={changed} />}
        <Access user={user} changed={changed} />
      </ul>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={close}>Close</button>
      </div>
    </Dialog>
  );
}

/** One thing that can be changed: its name, its button, and a sentence on what happens. */
function Thing(
  { name, button, children }: {
    name: string;
    button: ComponentChildren;
    children: ComponentChildren;
  },
) {
  return (
    <li class="thing">
      <div class="thing-head">
        <b>{name}</b>
        <span class="thing-end">{button}</span>
      </div>
      {children}
    </li>
  );
}

function Password({ user }: { user: User }) {
  const { api } = useServices();
  const ask = useAsk("reset-link");
  const made = useSignal<{ link: string; expiresAt: number } | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const make = async () => {
    const params = { id: user.user_id };
    const answer = await ask.run(() => api.call(contracts.users.resetLink, { params }));
    if (answer) made.value = { link: publicLink(answer.path), expiresAt: answer.expires_at };
  };
  const blocked = user.disabled
    ? "A disabled person cannot sign in."
    : user.by_provider && "This person signs in through the provider.";
  return (
    <Thing
      name="Password"
      button={
        <AskButton ask={ask} doing="Making" blocked={blocked} press={() => void make()}>
          Make a reset link
        </AskButton>
      }
    >
      {made.value
        ? (
          <>
            <p class="soft fine">
              Send this link to {user.name}. It works once, until{" "}
              <Moment at={made.value.expiresAt} />, and is shown only here.
            </p>
            <CopyText label="reset link" text={made.value.link} />
          </>
        )
        : (
          <p class="soft fine">
            {user.by_provider
              ? `${user.name} signs in through the provider and has no password.`
              : `With the link ${user.name} sets a new password. Until then nothing changes.`}
          </p>
        )}
      <Refused ask={ask} />
    </Thing>
  );
}

function SecondFactor({ user, changed }: { user: User; changed: () => void }) {
  const { api } = useServices();
  const ask = useAsk("remove-second-factor");
  useEffect(() => ask.clear(), []);
  const remove = async () => {
    const params = { id: user.user_id };
    await ask.run(() => api.call(contracts.secondFactor.removeOf, { params }));
    changed();
  };
  return (
    <Thing
      name="Second factor"
      button={
        <AskButton ask={ask} doing="Turning off" press={() => void remove()}>Turn off</AskButton>
      }
    >
      <p class="soft fine">
        For a person who lost the app and the recovery codes. The password alone signs in then.
      </p>
      <Refused ask={ask} />
    </Thing>
  );
}

function Access({ user, changed }: { user: User; changed: () => void }) {
  const { api } = useServices();
  const ask = useAsk("disable-user");
  useEffect(() => ask.clear(), []);
  const change = async () => {
    const args = { params: { id: user.user_id }, body: { disabled: !user.disabled } };
    await ask.run(() => api.call(contracts.users.change, args));
    changed();
  };
  return (
    <Thing
      name={user.disabled ? "Disabled" : "Active"}
      button={
        <AskButton
          ask={ask}
          doing={user.disabled ? "Enabling" : "Disabling"}
          press={() => void change()}
        >
          {user.disabled ? "Enable" : "Disable"}
        </AskButton>
      }
    >
      <p class="soft fine">
        {user.disabled
          ? `${user.name} cannot sign in.`
          : "Disabling ends every login at once, and the invitations that this person made."}
      </p>
      <Refused ask={ask} />
    </Thing>
  );
}

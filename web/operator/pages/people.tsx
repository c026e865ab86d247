/**
 * The page of users and invitations.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { User } from "../../../protocol/rest/accounts.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Role } from "../../../protocol/rest/contract.ts";
import { Icon } from "../../shared/icon.tsx";
import { formatCount } from "../model/format.ts";
import { useAsk, useReadOnly, useServices, useUser } from "../services.ts";
import { Invitations, InviteDialog } from "../people/invitations.tsx";
import { PersonDialog } from "../people/person.tsx";
import { ROLES } from "../people/roles.ts";
import { ReadOnly, Refused } from "../widgets/ask_button.tsx";
import { useFetched, useWhole } from "../widgets/fetched.ts";
import { Ago, Moment, ReadAge } from "../widgets/figure.tsx";
import { SelectField } from "../widgets/form.tsx";
import { Address } from "../table/address.tsx";
import { SearchedTable } from "../table/searched_table.tsx";
import { Empty, Failure, Loading, Page } from "../widgets/page.tsx";
import type { Column } from "../table/table.tsx";
import { State } from "../widgets/tone.tsx";

/** The page of users and invitations. */
export function PeoplePage() {
  const { role } = useUser();
  return role === "viewer"
    ? (
      <Page title="People">
        <Empty icon="people" title="Operators see this page">
          <p class="soft">
            You are signed in as a viewer. Your own password and logins are under{" "}
            <a href="/operator/account">Account</a>.
          </p>
        </Empty>
      </Page>
    )
    : <People />;
}

function People() {
  const { api } = useServices();
  const users = useWhole("people", (cursor) =>
    api.call(contracts.users.list, {
      query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
    }));
  const invitations = useFetched(contracts.users.invitations, {});
  const inviting = useSignal(false);
  const readOnly = useReadOnly("admin");
  const { state } = users;
  const count = state.state === "ready" ? state.value.length : undefined;
  return (
    <Page
      title="People"
      count={count === undefined ? undefined : formatCount(count)}
      state={<ReadAge of={state} />}
      actions={
        <button
          type="button"
          class="button primary"
          onClick={() => void (inviting.value = true)}
        >
          <Icon name="plus" />
          Invite
        </button>
      }
    >
      <ReadOnly
        why={readOnly &&
          "You can invite people. Only an administrator changes roles or disables users."}
      />
      <Refused ask={useAsk("change-user")} />
      {state.state === "loading" && <Loading what="people" rows={4} />}
      {state.state === "failed" && (
        <Failure
          what="Cannot show people"
          error={state.error}
          retry={() => void users.reload()}
        />
      )}
      {state.state === "ready" && (
        <UserList
          all={state.value}
          changed={() => void users.reload()}
        />
      )}
      <Invitations fetching={invitations} />
      {inviting.value && (
        <InviteDialog
          done={() => void invitations.reload()}
          close={() => void (inviting.value = false)}
        />
      )}
    </Page>
  );
}

function UserList({ all, changed }: { all: readonly User[]; changed: () => void }) {
  const managed = useSignal<string | undefined>(undefined);
  const user = all.find(({ user_id }) => user_id === managed.value);
  return (
    <>
      <SearchedTable
        label="People"
        placeholder="Search people"
        narrow="buttons_below"
        all={all}
        columns={userColumns({ changed, manage: (userId) => void (managed.value = userId) })}
        rowKey={({ user_id }) => user_id}
        words={({ name, email, role }) => [name, email, role]}
      />
      {user && (
        <PersonDialog
          user={user}
          changed={changed}
          close={() => void (managed.value = undefined)}
        />
      )}
    </>
  );
}

function userColumns(
  { changed, manage }: { changed: () => void; manage: (userId: string) => void },
): readonly Column<User>[] {
  return [
    {
      key: "name",
      head: "Name",
      wide: true,
      phone: "name",
      value: ({ name }) => name,
      cell: ({ name, email }) => (
        <span class="two-lines">
          <b>{name}</b>
          <span class="soft fine">
            <Address>{email}</Address>
          </span>
        </span>
      ),
    },
    {
      key: "role",
      head: "Role",
      phone: "state",
      value: ({ role }) => role,
      cell: (user) => <RoleChoice user={user} changed={changed} />,
    },
    {
      key: "state",
      head: "State",
      phone: "figure",
      value: ({ disabled }) => Number(disabled),
      cell: ({ disabled }) =>
        disabled ? <State tone="off" word="Disabled" /> : <State tone="ready" word="Active" />,
    },
    {
      key: "login",
      head: "Last signed in",
      align: "end",
      downFirst: true,
      value: ({ last_login_at }) => last_login_at,
      cell: ({ last_login_at }) =>
        last_login_at === undefined ? <span class="soft">Never</span> : <Ago at={last_login_at} />,
    },
    {
      key: "created",
      head: "Since",
      align: "end",
      rank: 2,
      phone: "none",
      value: ({ created_at }) => created_at,
      cell: ({ created_at }) => <Moment at={created_at} />,
    },
    {
      key: "actions",
      head: "Actions",
      headUnseen: true,
      cell: (user) => <ManageButton user={user} manage={manage} />,
    },
  ];
}

/** The role that the coordinator has stored; a change is shown once the coordinator confirmed it. */
function RoleChoice({ user, changed }: { user: User; changed: () => void }) {
  const { api } = useServices();
  const ask = useAsk("change-user");
  const me = useUser();
  const readOnly = useReadOnly("admin");
  const own = user.user_id === me.user_id;
  if (readOnly !== undefined || own) return <span>{ROLES[user.role].label}{own && " (you)"}</span>;
  const change = async (role: Role) => {
    const args = { params: { id: user.user_id }, body: { role } };
    await ask.run(() => api.call(contracts.users.change, args));
    changed();
  };
  return (
    <SelectField
      bare
      label={`Role of ${user.name}`}
      value={user.role}
      disabled={ask.state.value.state === "asked"}
      options={(Object.keys(ROLES) as Role[]).map((value) => ({
        value,
        label: ROLES[value].label,
      }))}
      change={(role) => void change(role)}
    />
  );
}

function ManageButton({ user, manage }: { user: User; manage: (userId: string) => void }) {
  const me = useUser();
  const blocked = useReadOnly("admin") ??
    (user.user_id === me.user_id ? "Your own account is under Account." : undefined);
  return (
    <span class="row-actions">
      <button
        type="button"
        class="button"
        aria-disabled={blocked !== undefined}
        title={blocked}
        onClick={() => blocked === undefined && manage(user.user_id)}
      >
        Manage <span class="unseen">{user.name}</span>
      </button>
    </span>
  );
}

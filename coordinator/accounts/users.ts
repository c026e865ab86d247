/**
 * Users: signing in, changing the password, and the changes that an administrator makes to other users.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Role } from "../../protocol/rest/contract.ts";
import type { Store } from "../ports.ts";
import { hasPassword, type UserRecord } from "../records/accounts.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { Passwords } from "../secrets/password.ts";
import type { Attempts } from "../sign_in/attempts.ts";
import type { ApiTokens } from "./api_tokens.ts";
import type { Audit } from "./audit.ts";
import { userChangeWords } from "./audit_words.ts";
import type { Caller, Requester } from "./caller.ts";
import { removeInvitationsOf } from "./invitation_right.ts";
import type { KnownBrowsers } from "../sign_in/known_browsers.ts";
import { checkOwnPassword, tooManyPasswords } from "../sign_in/own_password.ts";
import type { SecondFactors } from "../sign_in/second_factor.ts";
import type { Logins, OpenedLogin } from "./logins.ts";

/** The dependencies of the account services. */
export interface AccountPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly browsers: KnownBrowsers;
  readonly secondFactors: SecondFactors;
  readonly logins: Logins;
  readonly apiTokens: ApiTokens;
  readonly audit: Audit;
  /** Called with logins whose rights changed: closes the sockets that they opened. */
  readonly loginsEnded: (loginIds: readonly string[]) => void;
  /** Called when a player may have lost a right. */
  readonly rightsChanged: () => void;
}

/** The details of a user to create. */
export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: Role;
  /** The owner of the fleet that the user works on; the user gets an own fleet when absent. */
  readonly ownerId?: UserId | undefined;
}

/** The users of an installation. */
export type Users = ReturnType<typeof createUsers>;

/** Creates the service that signs users in and changes them. */
export function createUsers(ports: AccountPorts) {
  const { store, clock, passwords, attempts, browsers, secondFactors, logins, audit } = ports;
  const { apiTokens } = ports;

  async function byEmail(email: string): Promise<UserRecord | undefined> {
    return (await store.users.list({ where: { email }, limit: 1 }))[0];
  }

  /** Whether this user is the only administrator who can sign in. */
  async function isLastAdmin(user: UserRecord): Promise<boolean> {
    if (user.role !== "admin" || user.disabled) return false;
    const all = await store.users.list();
    return !all.some((other) =>
      other.user_id !== user.user_id && other.role === "admin" && !other.disabled
    );
  }

  return {
    async signIn(
      { email, password, code, browser }: {
        email: string;
        password: string;
        /** The code of the second factor. */
        code?: string | undefined;
        /** The cookie of a known browser. */
        browser?: string | undefined;
      },
      from: Requester,
    ): Promise<OpenedLogin | Refused> {
      const account = await byEmail(email);
      const known = account && browsers.read(browser, account.user_id);
      const admitted = await attempts.admit({ email, address: from.address, browser: known });
      if (isRefused(admitted)) return admitted;
      const { lane, forgive } = admitted;
      // Read again: the attempt may have waited for its turn.
      const user = await byEmail(email);
      const verdict = await passwords.verify(
        password,
        user && hasPassword(user) ? user.password_hash : undefined,
        lane,
      );
      if (verdict !== "wrong") forgive();
      if (verdict === "busy") return tooManyPasswords();
      if (verdict === "wrong" || !user || user.disabled) {
        const ownerId = user?.owner_id;
        audit.record({ action: "login.failed", by: email, address: from.address, ownerId });
        return refused("credentials_wrong", "Cannot sign in: the email or the password is wrong");
      }
      const missing = await secondFactors.check(user, { code, browser: known });
      if (missing) {
        if (code !== undefined) {
          audit.record({
            ...{ action: "login.failed", by: email, address: from.address },
            ...{ detail: "wrong code of the second factor", ownerId: user.owner_id },
          });
        }
        return missing;
      }
      const renewed = passwords.isOutdated(user.password_hash)
        ? await passwords.hash(password, lane)
        : undefined;
      const password_hash = renewed ?? user.password_hash;
      const last_login_at = clock.epoch();
      const { after } = await store.users.update(user.user_id, (row) => ({
        ...row,
        last_login_at,
        password_hash,
      }));
      const opened = await logins.open(after ?? user, from);
      audit.record({ action: "login", by: { ...from, ...opened } });
      return opened;
    },

    /** Creates a user and signs the user in. */
    async create(person: NewUser, from: Requester): Promise<OpenedLogin | Refused> {
      const userId = UserId.parse(newPrefixedId("usr", ports));
      const password_hash = await passwords.hash(person.password, "known");
      if (password_hash === undefined) return tooManyPasswords();
      const user: UserRecord = {
        user_id: userId,
        email: person.email,
        name: person.name,
        role: person.role,
        owner_id: person.ownerId ?? userId,
        password_hash,
        disabled: false,
        created_at: clock.epoch(),
        last_login_at: clock.epoch(),
      };
      if (!await store.users.insert(user)) {
        return refused("email_taken", `Cannot create an account for ${person.email}: there is one`);
      }
      const opened = await logins.open(user, from);
      audit.record({ action: "user.create", by: { ...from, ...opened }, target: userId });
      return opened;
    },

    async changePassword(
      caller: Caller,
      { current, next }: { current: string; next: string },
    ): Promise<Refused | undefined> {
      const { user } = caller;
      const refusal = await checkOwnPassword(ports, user, {
        current,
        doing: "change the password",
      });
      if (refusal) return refusal;
      const password_hash = await passwords.hash(next, "known");
      if (password_hash === undefined) return tooManyPasswords();
      // A link that sets another password ends with the old password.
      await store.users.update(user.user_id, ({ reset: _, ...row }) => ({ ...row, password_hash }));
      await logins.endAll(user.user_id, caller.loginId);
      audit.record({ action: "password.change", by: caller, target: user.user_id });
      return undefined;
    },

    /** `by`: the administrator, or the name of the sign-in provider. */
    async change(
      by: Caller | string,
      id: UserId,
      change: { role?: Role | undefined; disabled?: boolean | undefined },
    ): Promise<UserRecord | Refused> {
      const user = await store.users.get(id);
      if (!user) return notFound("user", id);
      const weaker = change.disabled === true || (change.role && change.role !== "admin");
      if (weaker && await isLastAdmin(user)) {
        return refused("conflict", `Cannot change ${user.email}: no other administrator is left`);
      }
      const { after } = await store.users.update(id, (row) => ({
        ...row,
        role: change.role ?? row.role,
        disabled: change.disabled ?? row.disabled,
      }));
      if (weaker) await removeInvitationsOf(store, id);
      if (change.disabled) await logins.endAll(id);
      // Open sockets have the old rights: they are closed, and their clients reconnect with the new rights.
      else ports.loginsEnded((await logins.list(id)).map((login) => login.login_id));
      await apiTokens.closeAll(id);
      ports.rightsChanged();
      const detail = userChangeWords(user.email, change);
      audit.record({ action: "user.change", by, target: id, detail });
      return after ?? notFound("user", id);
    },

    async remove(caller: Caller, id: UserId): Promise<Refused | undefined> {
      const user = await store.users.get(id);
      if (!user) return notFound("user", id);
      if (await isLastAdmin(user)) {
        return refused("conflict", `Cannot remove ${user.email}: no other administrator is left`);
      }
      const owned = await store.senders.list({ where: { owner_id: id }, limit: 1 });
      const shared = (await store.users.list({ where: { owner_id: id } }))
        .some((other) => other.user_id !== id);
      if (owned.length > 0 || shared) {
        const what = owned.length > 0 ? "senders" : "people";
        return refused("in_use", `Cannot remove ${user.email}: the fleet still has ${what}`);
      }
      await store.users.remove(id);
      await removeInvitationsOf(store, id);
      await apiTokens.removeAll(id);
      for (const row of await store.identities.list({ where: { user_id: id } })) {
        await store.identities.remove(row.identity_id);
      }
      await logins.endAll(id);
      ports.rightsChanged();
      audit.record({ action: "user.remove", by: caller, target: id, detail: user.email });
      return undefined;
    },
  };
}

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
import type { UserRecord } from "../records/accounts.ts";
import { notFound, type Refused, refused } from "../refusals.ts";
import type { Passwords } from "../secrets/password.ts";
import type { Audit } from "./audit.ts";
import type { Caller, Requester } from "./caller.ts";
import type { Logins, Opened } from "./logins.ts";
import { createRateLimit } from "./rate_limit.ts";

/** Attempts to sign in: ten a minute from one address, twenty a minute for one account. */
const PER_ADDRESS = { perSecond: 1 / 6, burst: 20 };
const PER_ACCOUNT = { perSecond: 1 / 3, burst: 20 };

/** The dependencies of the account services. */
export interface AccountPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Passwords;
  readonly logins: Logins;
  readonly audit: Audit;
  /** Called with logins that ended: closes the sockets that they opened. */
  readonly loginsEnded: (loginIds: readonly string[]) => void;
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
  const { store, clock, passwords, logins, audit } = ports;
  const perAddress = createRateLimit(clock, PER_ADDRESS);
  const perAccount = createRateLimit(clock, PER_ACCOUNT);

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

  async function endLogins(userId: UserId, except?: string): Promise<void> {
    ports.loginsEnded(await logins.endAll(userId, except));
  }

  return {
    /** Counts an attempt from this address; refuses it when there were too many. */
    admit(from: Requester): Refused | undefined {
      if (passwords.busy) return refused("busy", "Too many sign in at once. Try again in 10 s");
      if (perAddress.take(from.address)) return undefined;
      return refused("rate", `Too many attempts from ${from.address}. Try again in a minute`);
    },

    async signIn(
      { email, password }: { email: string; password: string },
      from: Requester,
    ): Promise<Opened | Refused> {
      const refusal = this.admit(from);
      if (refusal) return refusal;
      if (!perAccount.take(email)) {
        return refused("rate", `Too many attempts for ${email}. Try again in a minute`);
      }
      const user = await byEmail(email);
      const good = await passwords.verify(password, user?.password_hash);
      if (!good || !user || user.disabled) {
        const ownerId = user?.owner_id;
        audit.record({ action: "login.failed", by: email, address: from.address, ownerId });
        return refused("credentials_wrong", "Cannot sign in: the email or the password is wrong");
      }
      const password_hash = passwords.isOutdated(user.password_hash)
        ? await passwords.hash(password)
        : user.password_hash;
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
    async create(person: NewUser, from: Requester): Promise<Opened | Refused> {
      const userId = UserId.parse(newPrefixedId("usr", ports));
      const user: UserRecord = {
        user_id: userId,
        email: person.email,
        name: person.name,
        role: person.role,
        owner_id: person.ownerId ?? userId,
        password_hash: await passwords.hash(person.password),
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
      if (!perAccount.take(user.email)) {
        return refused("rate", "Too many attempts to change the password. Try again in a minute");
      }
      if (!await passwords.verify(current, user.password_hash)) {
        return refused("credentials_wrong", "Cannot change the password: the current one is wrong");
      }
      const password_hash = await passwords.hash(next);
      await store.users.update(user.user_id, (row) => ({ ...row, password_hash }));
      await endLogins(user.user_id, caller.loginId);
      audit.record({ action: "password.change", by: caller, target: user.user_id });
      return undefined;
    },

    async change(
      caller: Caller,
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
      if (change.disabled) await endLogins(id);
      // Open sockets have the old rights: they are closed, and their clients reconnect with the new rights.
      else ports.loginsEnded((await logins.list(id)).map((login) => login.login_id));
      const detail = Object.entries(change).map(([name, value]) => `${name}: ${value}`).join(", ");
      audit.record({ action: "user.change", by: caller, target: id, detail });
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
      await endLogins(id);
      audit.record({ action: "user.remove", by: caller, target: id, detail: user.email });
      return undefined;
    },
  };
}

/**
 * Signing in through an OpenID Connect provider. The provider identifies a person and names the
 * person's groups. The groups give the role here, anew at each sign-in; a person without a role is refused.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import { type Random, randomHex } from "../../protocol/random.ts";
import { DisplayName, Email } from "../../protocol/rest/accounts.ts";
import type { Role } from "../../protocol/rest/contract.ts";
import type { SignInFailure } from "../../protocol/rest/single_sign_on.ts";
import type { GroupRole } from "../../protocol/settings/group_roles.ts";
import type { ApiTokens } from "../accounts/api_tokens.ts";
import type { Audit } from "../accounts/audit.ts";
import { roleWord, SIGN_IN_WORDS } from "../accounts/audit_words.ts";
import type { Requester } from "../accounts/caller.ts";
import type { Logins, OpenedLogin } from "../accounts/logins.ts";
import type { Users } from "../accounts/users.ts";
import type { Store } from "../ports.ts";
import { NO_PASSWORD, type UserRecord } from "../records/accounts.ts";
import { isRefused } from "../refusals.ts";
import type { Sealer } from "../secrets/seal.ts";
import type { Provider, ProviderUser, ProviderVisit } from "./provider.ts";

/** How long a person may take at the provider, in milliseconds. */
export const VISIT_LIFETIME = 10 * 60_000;

/** What the visit's cookie is sealed for. */
const PURPOSE = "visit to the sign-in provider";

/** A provider, its name as people read it, and the roles of its groups. */
export interface SingleSignOnOptions {
  readonly provider: Provider;
  readonly name: string;
  readonly groups: readonly GroupRole[];
}

const Visit = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page that is shown afterwards. */
  back: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
});

/** A person who is signed in now, and the page to show. Or why the person is not. */
export type SignInResult =
  | { readonly opened: OpenedLogin; readonly back: string }
  | { readonly failure: SignInFailure };

/** Signs people in through a provider. */
export type SingleSignOn = ReturnType<typeof createSingleSignOn>;

/** Creates the service that signs people in through a provider. */
export function createSingleSignOn(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    log: Log;
    sealer: Sealer;
    audit: Audit;
    logins: Logins;
    apiTokens: ApiTokens;
    users: Users;
  },
  { provider, name, groups }: SingleSignOnOptions,
) {
  const { store, clock, random, log, sealer, audit, logins, apiTokens, users } = ports;

  function readVisit(cookie: string): z.infer<typeof Visit> | undefined {
    const text = sealer.open(cookie, PURPOSE);
    const visit = text === undefined ? undefined : Visit.parse(JSON.parse(text));
    return visit && clock.epoch() < visit.until ? visit : undefined;
  }

  function roleOf(member: ProviderUser): Role | undefined {
    const given = groups.filter(({ group }) => group === "*" || member.groups.includes(group));
    return RANKS.find((role) => given.some((each) => each.role === role));
  }

  /** The user of a person, linked by the verified email or created at the first sign-in. */
  async function userOf(member: ProviderUser, role: Role): Promise<UserRecord | SignInFailure> {
    const identity_id = identityOf(member);
    const identity = await store.identities.get(identity_id);
    const known = identity && await store.users.get(identity.user_id);
    if (known) return known;
    const email = Email.safeParse(member.email);
    if (!email.success) return "no_email";
    const [sameEmail] = await store.users.list({ where: { email: email.data }, limit: 1 });
    if (sameEmail && !member.emailVerified) return "email_taken";
    const user = sameEmail ?? await create(email.data, { member, role });
    if (typeof user === "string") return user;
    await store.identities.remove(identity_id);
    await store.identities.insert({
      ...{ identity_id, user_id: user.user_id, created_at: clock.epoch() },
    });
    const detail = `${member.issuer} ${member.subject}`;
    audit.record({ action: "user.link", by: user.email, target: user.user_id, detail });
    return user;
  }

  /** Creates a user who works on the fleet of the first administrator. */
  async function create(
    email: string,
    { member, role }: { member: ProviderUser; role: Role },
  ): Promise<UserRecord | SignInFailure> {
    const admin = (await store.users.list()).find((user) => user.role === "admin");
    if (!admin) return "not_set_up";
    const userId = UserId.parse(newPrefixedId("usr", ports));
    const user: UserRecord = {
      ...{ user_id: userId, email, role, owner_id: admin.owner_id },
      name: DisplayName.safeParse(member.name).data ?? email,
      password_hash: NO_PASSWORD,
      disabled: false,
      created_at: clock.epoch(),
    };
    if (!await store.users.insert(user)) return "email_taken";
    audit.record({
      ...{ action: "user.create", by: email, target: userId, ownerId: admin.owner_id },
      detail: `${roleWord(role)}, by ${name}`,
    });
    return user;
  }

  /** Gives the user the role of the groups. The last administrator keeps the role. */
  async function withRole(user: UserRecord, role: Role): Promise<UserRecord> {
    if (user.role === role) return user;
    const changed = await users.change(name, user.user_id, { role });
    if (!isRefused(changed)) return changed;
    log.warn("role of the provider's groups not taken", { user: user.user_id, role });
    return user;
  }

  async function open(member: ProviderUser, from: Requester): Promise<OpenedLogin | SignInFailure> {
    const role = roleOf(member);
    if (!role) {
      const identity = await store.identities.get(identityOf(member));
      if (identity) {
        await logins.endAll(identity.user_id);
        await apiTokens.removeAll(identity.user_id);
      }
      return "no_group";
    }
    const user = await userOf(member, role);
    if (typeof user === "string") return user;
    if (user.disabled) return "disabled";
    const present = await withRole(user, role);
    const last_login_at = clock.epoch();
    await store.users.update(user.user_id, (row) => ({ ...row, last_login_at }));
    const opened = await logins.open({ ...present, last_login_at }, from);
    audit.record({ action: "login", by: { ...from, ...opened }, detail: `by ${name}` });
    return opened;
  }

  return {
    /** The provider's name as people read it. */
    name,

    /**
     * Where to send the browser, and the cookie that it must bring back; `undefined` when the provider does not answer.
     * `back`: the page to show once the person is signed in.
     */
    async begin(
      { callback, back }: { callback: string; back: string },
    ): Promise<{ url: string; cookie: string } | undefined> {
      const visit: ProviderVisit = {
        state: randomHex(random, 16),
        nonce: randomHex(random, 16),
        verifier: randomHex(random, 32),
      };
      try {
        const url = await provider.begin(callback, visit);
        const kept = { ...visit, back, until: clock.epoch() + VISIT_LIFETIME };
        return { url, cookie: sealer.seal(JSON.stringify(kept), PURPOSE) };
      } catch (error) {
        log.error("sign-in provider does not answer", { error });
        return undefined;
      }
    },

    /** Signs in the person who came back. `url`: the address of the way back, with its query. */
    async finish(
      { url, cookie }: { url: URL; cookie: string | undefined },
      from: Requester,
    ): Promise<SignInResult> {
      const visit = readVisit(cookie ?? "");
      if (!visit) return { failure: "expired" };
      if (url.searchParams.get("error") === "access_denied") return { failure: "cancelled" };
      let member: ProviderUser;
      try {
        member = await provider.finish(url, visit);
      } catch (error) {
        log.warn("sign-in through the provider failed", { error, address: from.address });
        return { failure: "failed" };
      }
      const opened = await open(member, from);
      if (typeof opened !== "string") return { opened, back: visit.back };
      audit.record({
        ...{
          action: "login.failed",
          by: member.email ?? member.subject,
          detail: SIGN_IN_WORDS[opened],
        },
        address: from.address,
      });
      return { failure: opened };
    },
  };
}

/** From the strongest on. */
const RANKS: readonly Role[] = ["admin", "operator", "viewer"];

/** The key of a person at a provider: `subject` alone is unique within one issuer (OpenID Connect Core §5.7). */
function identityOf({ issuer, subject }: ProviderUser): string {
  return `${issuer} ${subject}`;
}

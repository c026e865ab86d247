/**
 * REST: signing in, the logins and password of the signed-in user, the first administrator, users and invitations.
 *
 * @module
 */
import * as z from "zod/mini";
import { UserId } from "../ids.ts";
import {
  ADMINS,
  contract,
  Done,
  EVERY_ROLE,
  LongPaging,
  OPERATORS,
  page,
  Paging,
  Role,
} from "./contract.ts";

/** Compared in lower case. Only its form is checked: `admin@localhost` is fine. */
export const Email = z.string().check(
  z.trim(),
  z.toLowerCase(),
  z.maxLength(254),
  z.regex(/^[^\s@<>"'\p{Cc}]+@[^\s@<>"'\p{Cc}]+$/u, "must be an email address"),
);
/** Shown to people; control characters are refused. */
export const DisplayName = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(80),
  z.regex(/^[^\p{Cc}\p{Cf}]*$/u, "must not contain control characters"),
);
/** A new password, 8 to 200 characters. */
export const Password = z.string().check(z.minLength(8), z.maxLength(200));
const Secret = z.string().check(z.minLength(1), z.maxLength(200));

/** A code of an authenticator app, or a recovery code; spaces and dashes do not count. */
export const Code = z.string().check(z.minLength(1), z.maxLength(40));

/** A user of the dashboard. Times in milliseconds since 1970. */
export const User = z.object({
  user_id: UserId,
  email: z.string(),
  name: z.string(),
  role: Role,
  /** The owner of the fleet that this user works on; the user's own id for a fleet of their own. */
  owner_id: UserId,
  disabled: z.boolean(),
  /** Present: the user has no password, and signs in through the provider. */
  by_provider: z.optional(z.literal(true)),
  /** Present: signing in with the password takes a code too. */
  second_factor: z.optional(z.literal(true)),
  created_at: z.number(),
  last_login_at: z.optional(z.number()),
});
export type User = z.infer<typeof User>;

/** An access token for the `Authorization` header; the refresh token travels in a cookie. */
export const SignedIn = z.object({ token: z.string(), expires_in_s: z.number(), user: User });
export type SignedIn = z.infer<typeof SignedIn>;

/** One browser or program that is signed in. Times in milliseconds since 1970. */
export const Login = z.object({
  login_id: z.string(),
  current: z.boolean(),
  created_at: z.number(),
  last_used_at: z.number(),
  address: z.string(),
  user_agent: z.string(),
});
export type Login = z.infer<typeof Login>;

/** An invitation that is not accepted yet. */
export const Invitation = z.object({
  invitation_id: z.string(),
  email: z.optional(z.string()),
  role: Role,
  owner_id: z.optional(UserId),
  created_at: z.number(),
  expires_at: z.number(),
});
export type Invitation = z.infer<typeof Invitation>;

const InvitationParams = z.object({ id: z.string().check(z.maxLength(64)) });
const UserParams = z.object({ id: UserId });

/** The contracts of signing in and out, and of the logins of the signed-in user. */
export const auth = {
  login: contract({
    method: "POST",
    path: "/api/auth/login",
    summary:
      "Sign in with email and password, and a code when the account has a second factor (`code_needed`)",
    access: "public",
    body: z.object({
      email: Email,
      password: z.string().check(z.maxLength(200)),
      code: z.optional(Code),
    }),
    response: SignedIn,
  }),
  refresh: contract({
    method: "POST",
    path: "/api/auth/refresh",
    summary:
      "Get a new access token, by the refresh cookie (which rotates) or by a valid access token",
    access: "public",
    response: SignedIn,
  }),
  logout: contract({
    method: "POST",
    path: "/api/auth/logout",
    summary: "End this login",
    access: "public",
    response: Done,
  }),
  me: contract({
    method: "GET",
    path: "/api/auth/me",
    summary: "Tell who is signed in",
    access: EVERY_ROLE,
    response: User,
  }),
  changePassword: contract({
    method: "POST",
    path: "/api/auth/password",
    summary: "Change the password; every other login ends",
    access: EVERY_ROLE,
    byLogin: true,
    body: z.object({ current: z.string().check(z.maxLength(200)), next: Password }),
    response: Done,
  }),
  logins: contract({
    method: "GET",
    path: "/api/auth/logins",
    summary: "List one's active logins",
    access: EVERY_ROLE,
    byLogin: true,
    query: LongPaging,
    response: page(Login),
  }),
  endLogin: contract({
    method: "DELETE",
    path: "/api/auth/logins/:id",
    summary: "End one of one's logins",
    access: EVERY_ROLE,
    byLogin: true,
    params: z.object({ id: z.string().check(z.maxLength(64)) }),
    response: Done,
  }),
  setupState: contract({
    method: "GET",
    path: "/api/auth/setup",
    summary: "Tell whether the first administrator is still missing",
    access: "public",
    response: z.object({ needed: z.boolean() }),
  }),
  setup: contract({
    method: "POST",
    path: "/api/auth/setup",
    summary: "Create the first administrator with the one-time token printed in the terminal",
    access: "public",
    body: z.object({ token: Secret, email: Email, name: DisplayName, password: Password }),
    response: SignedIn,
    status: 201,
  }),
  resetPassword: contract({
    method: "POST",
    path: "/api/auth/reset",
    summary: "Set a new password with the one-time token of a reset link; every login ends",
    access: "public",
    body: z.object({ token: Secret, password: Password }),
    response: Done,
  }),
  checkLink: contract({
    method: "POST",
    path: "/api/auth/link",
    summary: "Tell whether a one-time link still works; the refusal says why it does not",
    access: "public",
    body: z.object({ kind: z.enum(["invitation", "reset"]), token: Secret }),
    response: Done,
  }),
  accept: contract({
    method: "POST",
    path: "/api/auth/accept",
    summary: "Accept an invitation",
    access: "public",
    body: z.object({ token: Secret, email: Email, name: DisplayName, password: Password }),
    response: SignedIn,
    status: 201,
  }),
};

/** The contracts of users and invitations. */
export const users = {
  list: contract({
    method: "GET",
    path: "/api/users",
    summary: "List users: all for an administrator, the own fleet's otherwise",
    access: OPERATORS,
    query: Paging,
    response: page(User),
  }),
  change: contract({
    method: "PATCH",
    path: "/api/users/:id",
    summary: "Change a user's role, or disable it, which ends its logins",
    access: ADMINS,
    params: UserParams,
    body: z.object({ role: z.optional(Role), disabled: z.optional(z.boolean()) }),
    response: User,
  }),
  resetLink: contract({
    method: "POST",
    path: "/api/users/:id/reset",
    summary: "Make a one-time link by which a user sets a new password; the path is shown once",
    access: ADMINS,
    byLogin: true,
    params: UserParams,
    response: z.object({ path: z.string(), expires_at: z.number() }),
    status: 201,
  }),
  remove: contract({
    method: "DELETE",
    path: "/api/users/:id",
    summary: "Remove a user who owns no sender",
    access: ADMINS,
    params: UserParams,
    response: Done,
  }),
  invitations: contract({
    method: "GET",
    path: "/api/invitations",
    summary: "List open invitations",
    access: OPERATORS,
    query: LongPaging,
    response: page(Invitation),
  }),
  invite: contract({
    method: "POST",
    path: "/api/invitations",
    summary:
      "Invite a person; the token is shown once. Only an administrator invites administrators",
    access: OPERATORS,
    body: z.object({
      email: z.optional(Email),
      role: Role,
      /** `shared`: the new user works on the inviter's fleet. A viewer always does. */
      fleet: z._default(z.enum(["shared", "own"]), "shared"),
    }),
    response: z.object({ invitation: Invitation, token: z.string(), path: z.string() }),
    status: 201,
  }),
  uninvite: contract({
    method: "DELETE",
    path: "/api/invitations/:id",
    summary: "Withdraw an invitation",
    access: OPERATORS,
    params: InvitationParams,
    response: Done,
  }),
};

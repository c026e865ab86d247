/**
 * Rows about people: users, their logins, invitations, share links, settings and the audit log. Secrets are
 * stored as hashes.
 *
 * @module
 */
import * as z from "zod/mini";
import { RoomId, UserId } from "../../protocol/ids.ts";
import { LinkRole } from "../../protocol/pass.ts";
import { ApiToken } from "../../protocol/rest/api_tokens.ts";
import { Role } from "../../protocol/rest/contract.ts";
import { AuditEntry } from "../../protocol/rest/settings.ts";
import { table, timeKey } from "./table.ts";

/** An authenticator app that is in use. */
export const SecondFactor = z.object({
  /** The app's secret, sealed for its user. */
  sealed: z.string(),
  /** The step of the newest code that was used: older codes are not good any more. */
  last_step: z.number(),
  /** Hashes of the recovery codes that were not used. */
  recovery: z.array(z.string()),
  since: z.number(),
});
export type SecondFactor = z.infer<typeof SecondFactor>;

/** A user, with the password's hash. */
export const UserRecord = z.object({
  user_id: UserId,
  email: z.string(),
  name: z.string(),
  role: Role,
  owner_id: UserId,
  password_hash: z.string(),
  disabled: z.boolean(),
  created_at: z.number(),
  last_login_at: z.optional(z.number()),
  /** The link that sets a new password: the hash of its token, and when it ends. */
  reset: z.optional(z.object({ hash: z.string(), expires_at: z.number() })),
  second_factor: z.optional(SecondFactor),
  /** The sealed secret of an authenticator app that no code confirmed yet. */
  offered_factor: z.optional(z.string()),
});
export type UserRecord = z.infer<typeof UserRecord>;

/** The hash of users who sign in through the provider: no password verifies against it. */
export const NO_PASSWORD = "";

/** Whether a user has a password. */
export function hasPassword({ password_hash }: UserRecord): boolean {
  return password_hash !== NO_PASSWORD;
}

/** A login of a user. */
export const LoginRecord = z.object({
  login_id: z.string(),
  user_id: UserId,
  /** Hash of the valid refresh token's secret. */
  hash: z.string(),
  /** Hashes of used refresh tokens, newest first: a second use of one shows that it was copied. */
  spent: z.array(z.string()),
  rotated_at: z.number(),
  created_at: z.number(),
  last_used_at: z.number(),
  expires_at: z.number(),
  address: z.string(),
  user_agent: z.string(),
});
export type LoginRecord = z.infer<typeof LoginRecord>;

/** An API token of a user. */
export const ApiTokenRecord = z.extend(ApiToken, { user_id: UserId, hash: z.string() });
export type ApiTokenRecord = z.infer<typeof ApiTokenRecord>;

/** A person at a sign-in provider, and the user that the person is here. */
export const IdentityRecord = z.object({
  /** The provider's issuer, a space, and the person's subject there. */
  identity_id: z.string(),
  user_id: UserId,
  created_at: z.number(),
});
export type IdentityRecord = z.infer<typeof IdentityRecord>;

/** An invitation to create an account. */
export const InvitationRecord = z.object({
  invitation_id: z.string(),
  hash: z.string(),
  email: z.optional(z.string()),
  role: Role,
  /** The owner of the fleet that the invited person works on; absent: the person gets an own fleet. */
  owner_id: z.optional(UserId),
  created_by: UserId,
  created_at: z.number(),
  expires_at: z.number(),
});
export type InvitationRecord = z.infer<typeof InvitationRecord>;

/** A link that lets people play without an account. */
export const ShareLinkRecord = z.object({
  share_id: z.string(),
  hash: z.string(),
  name: z.string(),
  /** The fleet of the link's maker; absent: a player without an account made it. */
  owner_id: z.optional(UserId),
  /** The user whose right the link passes on. */
  made_by: z.optional(UserId),
  room_id: z.optional(RoomId),
  /** Absent in rows of earlier releases: `player`. */
  role: z.optional(LinkRole),
  /** The link whose right it passes on: it ends with that one. */
  parent: z.optional(z.string()),
  created_at: z.number(),
  expires_at: z.optional(z.number()),
});
export type ShareLinkRecord = z.infer<typeof ShareLinkRecord>;

/** One setting. The code that reads it parses `value`. */
export const SettingRecord = z.object({ name: z.string(), value: z.unknown() });
export type SettingRecord = z.infer<typeof SettingRecord>;

/** An entry of the audit log. */
export const AuditRecord = z.extend(AuditEntry, {
  /** The owner of the fleet that it concerns; absent: it concerns the installation. */
  owner_id: z.optional(UserId),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** The tables of these rows. */
export const accountTables = {
  users: table<UserRecord>({
    schema: UserRecord,
    key: (row) => row.user_id,
    sort: (row) => timeKey(row.created_at),
    index: {
      email: (row) => row.email,
      owner_id: (row) => row.owner_id,
    },
    unique: ["email"],
  }),
  logins: table<LoginRecord>({
    schema: LoginRecord,
    key: (row) => row.login_id,
    sort: (row) => timeKey(row.created_at),
    index: { user_id: (row) => row.user_id },
  }),
  apiTokens: table<ApiTokenRecord>({
    schema: ApiTokenRecord,
    key: (row) => row.token_id,
    sort: (row) => timeKey(row.created_at),
    index: { user_id: (row) => row.user_id },
  }),
  identities: table<IdentityRecord>({
    schema: IdentityRecord,
    key: (row) => row.identity_id,
    sort: (row) => timeKey(row.created_at),
    index: { user_id: (row) => row.user_id },
  }),
  invitations: table<InvitationRecord>({
    schema: InvitationRecord,
    key: (row) => row.invitation_id,
    sort: (row) => timeKey(row.created_at),
    index: { created_by: (row) => row.created_by },
  }),
  shareLinks: table<ShareLinkRecord>({
    schema: ShareLinkRecord,
    key: (row) => row.share_id,
    sort: (row) => timeKey(row.created_at),
    index: {
      // The column takes no NULL.
      owner_id: (row) => row.owner_id ?? "",
      room_id: (row) => row.room_id,
    },
  }),
  settings: table<SettingRecord>({
    schema: SettingRecord,
    key: (row) => row.name,
    sort: (row) => row.name,
    index: {},
  }),
  audit: table<AuditRecord>({
    schema: AuditRecord,
    key: (row) => row.audit_id,
    sort: (row) => timeKey(row.at),
    index: {
      owner_id: (row) => row.owner_id,
      target: (row) => row.target,
    },
  }),
};

/**
 * The details of the audit log in words, where the details are codes of the wire.
 *
 * @module
 */
import type { Role } from "../../protocol/rest/contract.ts";
import type { AccessPolicy } from "../../protocol/rest/settings.ts";
import type { SignInFailure } from "../../protocol/rest/single_sign_on.ts";

/** Each access policy in words. */
export const POLICY_WORDS: Readonly<Record<AccessPolicy, string>> = {
  anyone: "everyone who can open the page",
  signed_in: "people who are signed in",
  share_link: "people who are signed in or have a share link",
};

/** Why a sign-in through the provider failed, in words. */
export const SIGN_IN_WORDS: Readonly<Record<SignInFailure, string>> = {
  cancelled: "cancelled at the provider",
  expired: "took too long, or was begun in another browser",
  failed: "the provider could not be used",
  no_group: "in no group that may use this installation",
  no_email: "the provider names no email address",
  email_taken: "the email has an account, and the provider has not verified it",
  disabled: "the account is disabled",
  not_set_up: "the first administrator is not set up",
};

/** What was changed of a person: `op@example.org: disabled`. */
export function userChangeWords(
  email: string,
  { role, disabled }: { role?: Role | undefined; disabled?: boolean | undefined },
): string {
  const parts = [
    ...(role === undefined ? [] : [`${role === "viewer" ? "a" : "an"} ${roleWord(role)}`]),
    ...(disabled === undefined ? [] : [disabled ? "disabled" : "enabled"]),
  ];
  return `${email}: ${parts.join(", ")}`;
}

/** A role in words: `administrator`. */
export function roleWord(role: Role): string {
  return role === "admin" ? "administrator" : role;
}

/** The settings that a stream took over: `encoder bitrate, scheduler mode` for `encoder.bitrate_kbps`, …. */
export function settingsWords(applied: readonly string[]): string {
  return applied.map((name) => name.replace(/_(kbps|ms|s)$/, "").replaceAll(/[._]/g, " "))
    .join(", ");
}

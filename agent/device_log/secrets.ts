/**
 * Takes secrets out of a text before it leaves the device. The log is written without secrets; this also covers texts of
 * the system and of libraries, which may repeat an address with its password.
 *
 * @module
 */

/** What a secret is replaced by. */
export const HIDDEN = "•••";

/** Enrolment tokens: `<sender id>.<26 characters>`. */
const ENROLMENT_TOKEN = /\b([A-Za-z0-9_-]{1,64})\.[A-Z2-9]{26}\b/g;
/** Signed tokens (JWT, RFC 7519). */
const SIGNED_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
/** User name and password of an address, up to its last `@`: passwords of cameras may hold one. */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s"]*@/gi;
/** A named value, in a query, in JSON or as a field: `passphrase=…`, `"psk":"…"`. */
const NAMED =
  /((?:passphrase|password|psk|secret|token|signature|streamid|stream_key)\\?"?\s*[=:]\s*\\?"?)[^\s"&,;)}\\]+/gi;

/** The text with its secrets hidden. */
export function hideSecrets(text: string): string {
  return text
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(SIGNED_TOKEN, HIDDEN)
    .replace(ENROLMENT_TOKEN, `$1.${HIDDEN}`)
    .replace(NAMED, `$1${HIDDEN}`);
}

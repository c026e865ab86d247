/**
 * The text of an enrolment QR code: the address that the device connects to, and its one-time enrollment token, as
 * `farpad-enroll:?url=wss%3A%2F%2Fhost%2Fagent%2Fws&token=snd_1.SECRET`.
 *
 * @module
 */
const SCHEME = "farpad-enroll:";
const TOKEN = /^[A-Za-z0-9_-]{1,64}\.[A-Z2-9]{26}$/;
/** The longest text that is read. */
const MAX_LENGTH = 2_048;

/** An enrolment text, read into its parts. */
export interface EnrollmentText {
  /** The coordinator's address for devices, `ws://` or `wss://`; absent in a bare token. */
  readonly url?: string;
  readonly token: string;
}

/** Writes the text of an enrolment QR code. */
export function writeEnrollment({ url, token }: Required<EnrollmentText>): string {
  return `${SCHEME}?${new URLSearchParams({ url, token })}`;
}

/** Reads a QR code's text, or a token by itself; `undefined` when it is neither. */
export function readEnrollment(text: string): EnrollmentText | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH) return undefined;
  if (TOKEN.test(trimmed)) return { token: trimmed };
  if (!trimmed.startsWith(`${SCHEME}?`)) return undefined;
  const query = new URLSearchParams(trimmed.slice(SCHEME.length + 1));
  const url = query.get("url") ?? "";
  const token = query.get("token") ?? "";
  const isComplete = TOKEN.test(token) && /^wss?:\/\//.test(url) && URL.canParse(url);
  return isComplete ? { url, token } : undefined;
}

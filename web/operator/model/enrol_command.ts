/**
 * The command that an operator runs on a device to enrol it.
 *
 * @module
 */

/** `text` holds the coordinator's address and the token, as the QR code does; it is quoted for a POSIX shell. */
export function enrolCommand({ qr_text: text }: { readonly qr_text: string }): string {
  return `farpad-agent enrol '${text.replaceAll("'", `'\\''`)}'`;
}

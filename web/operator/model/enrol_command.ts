/**
 * The command that an operator runs on a device to enrol it, and whether the device can reach the address in it.
 *
 * @module
 */
import { isLoopbackHost } from "../../../protocol/addresses/hosts.ts";

type Text = { readonly qr_text: string };

/** `text` holds the coordinator's address and the token, as the QR code does; it is quoted for a POSIX shell. */
export function enrolCommand({ qr_text: text }: Text): string {
  return `sudo farpad-agent enrol '${text.replaceAll("'", `'\\''`)}'`;
}

/** Why another machine cannot reach the address of the text, and what to do; `undefined` when it may. */
export function addressWarning({ qr_text: text }: Text): string | undefined {
  const address = new URLSearchParams(text.slice(text.indexOf("?") + 1)).get("url");
  const url = address !== null && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ""))) return undefined;
  return `The text names ${url.host}, which only the coordinator's own machine can reach. For another ` +
    "box open this page by an address that the box reaches, or set FARPAD_PUBLIC_URL.";
}

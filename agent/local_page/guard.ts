/**
 * Which requests the local page answers. A page of another site may point its own host name at this address (DNS
 * rebinding) or send a form to it, so the host has to be this box and a form has to come from this page.
 *
 * @module
 */

/** Where the page is served. */
export interface ServedAt {
  /** The address that it is bound to. */
  readonly address: string;
  /** The name of the box. */
  readonly hostname: string;
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;

/** Whether the page is bound to this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "127.0.0.1" || address === "::1";
}

/** Why a request is not answered, as a sentence; `undefined` when it is. */
export function whyRefused(request: Request, { address, hostname }: ServedAt): string | undefined {
  const { hostname: host, origin } = new URL(request.url);
  const name = hostname.toLowerCase();
  // An address written as a number belongs to no other site: only names can be pointed elsewhere.
  const isOwn = LOOPBACK.test(host) ||
    (!isLoopback(address) &&
      (IPV4.test(host) || IPV6.test(host) || host === name || host === `${name}.local`));
  if (!isOwn) return "This page is served under the address of the box only";
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  if (request.method !== "POST") return "This page takes no such request";
  if (request.headers.get("origin") === origin) return undefined;
  return "A form of another page was refused. Open the page of the box and use the form there";
}

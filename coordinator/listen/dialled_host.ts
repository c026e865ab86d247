/**
 * The host that a device dialled, which its login challenge names and the device checks. A proxy may have
 * rewritten the `Host` header, so a device says itself what it dialled, and that must be an address of this
 * coordinator.
 *
 * @module
 */
import { hostInUrl } from "../../protocol/addresses/hosts.ts";
import { type NamedHost, parseHost, type RequestFacts } from "./request_facts.ts";

/**
 * The host and port as the device wrote them; `undefined` when neither request nor setting names a host.
 *
 * `claimed`: what the device says it dialled. One that names another host is passed over: the challenge then
 * names this coordinator, and the device does not sign.
 */
export function dialledHost(
  { host, publicAddress, passedOn }: Pick<RequestFacts, "host" | "publicAddress" | "passedOn">,
  claimed: string | undefined,
): string | undefined {
  const publicText = publicAddress && new URL(publicAddress.origin).host;
  const publicHost = publicText === undefined ? undefined : parseHost(publicText);
  const own = [host, publicHost].filter((each) => each !== undefined);
  const claim = claimed === undefined ? undefined : parseHost(claimed);
  if (claim && own.some((each) => isSame(each, claim))) return claimed;
  const isDirect = host && !passedOn && host.name !== publicHost?.name;
  return isDirect ? textOf(host) : publicText;
}

/** Proxies drop the port (`proxy_set_header Host $host`), so one that is absent fits any. */
function isSame(own: NamedHost, claim: NamedHost): boolean {
  return own.name === claim.name && (own.port === undefined || own.port === claim.port);
}

function textOf({ name, port }: NamedHost): string {
  return `${hostInUrl(name)}${port === undefined ? "" : `:${port}`}`;
}

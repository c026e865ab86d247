/**
 * The host that a device dialled. The login challenge contains it, and the device checks it. A proxy may have rewritten
 * the `Host` header, so the device sends the host that it dialled, and this must be an address of this coordinator.
 *
 * @module
 */
import { hostInUrl } from "../../protocol/addresses/hosts.ts";
import { type NamedHost, parseHost, type RequestFacts } from "./request_facts.ts";

/**
 * The host and port as the device wrote them; `undefined` when neither request nor setting names a host.
 *
 * `claimed`: the host that the device sent. If it is no address of this coordinator, it is ignored: the challenge then
 * contains this coordinator's host, and the device does not sign.
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

/** Proxies may drop the port (`proxy_set_header Host $host`), so a missing port fits every port. */
function isSame(own: NamedHost, claim: NamedHost): boolean {
  return own.name === claim.name && (own.port === undefined || own.port === claim.port);
}

function textOf({ name, port }: NamedHost): string {
  return `${hostInUrl(name)}${port === undefined ? "" : `:${port}`}`;
}

import { deepEqual, equal, rejects } from "node:assert/strict";
import { iceAddressesOf, ingestAddressOf } from "../../../worker/addresses.ts";

const lookUp = (name: string) =>
  name === "play.test"
    ? Promise.resolve(["192.0.2.7", "2001:db8::7"])
    : Promise.reject(new Error());

Deno.test("[SET12] names are resolved to ICE addresses, and each address is used once", async () => {
  const hosts = ["192.0.2.7", "play.test", "2001:db8::9"];
  deepEqual(await iceAddressesOf(hosts, lookUp), ["192.0.2.7", "2001:db8::7", "2001:db8::9"]);
});

Deno.test("[SET12] an ICE address that no browser can reach is refused with the reason", async () => {
  await rejects(iceAddressesOf(["no.test"], lookUp), {
    message: 'Cannot use FARPAD_ICE_ADDRESSES = "no.test": this name does not resolve',
  });
  await rejects(iceAddressesOf(["0.0.0.0"], lookUp), {
    message:
      'Cannot use FARPAD_ICE_ADDRESSES = "0.0.0.0": it must be one address, not every address',
  });
});

const BOUND: readonly [string, boolean, string][] = [
  ["127.0.0.1", true, "127.0.0.1"],
  ["::1", true, "::1"],
  ["localhost", true, "127.0.0.1"],
  ["192.0.2.7", true, "0.0.0.0"],
  ["2001:db8::7", true, "::"],
  ["box.test", true, "::"],
  ["box.test", false, "0.0.0.0"],
];
for (const [host, hasIpv6, address] of BOUND) {
  Deno.test(`[SET12] field streams for ${host} are received on ${address}, IPv6 here: ${hasIpv6}`, () => {
    equal(ingestAddressOf(host, hasIpv6), address);
  });
}

import { deepEqual, equal } from "node:assert/strict";
import { checkOrigin } from "../../../coordinator/listen/origin_check.ts";
import { dialledHost } from "../../../coordinator/listen/dialled_host.ts";
import { parseHost, pathBelow } from "../../../coordinator/listen/request_facts.ts";
import { factsOf, type MadeUpRequest } from "../../support/coordinator/request_facts.ts";

const PROXIED = { peer: "127.0.0.1", trustedProxies: ["loopback", "10.0.0.0/8"] };

const ADDRESSES: readonly [string, MadeUpRequest, string][] = [
  ["a direct client", { peer: "192.0.2.1" }, "192.0.2.1"],
  ["an IPv4 client of an IPv6 socket", { peer: "::ffff:192.0.2.1" }, "192.0.2.1"],
  ["a client that forges the header", { headers: { "x-forwarded-for": "9.9.9.9" } }, "192.0.2.1"],
  ["one proxy", { ...PROXIED, headers: { "x-forwarded-for": "192.0.2.7" } }, "192.0.2.7"],
  ["a forged entry before a proxy's", {
    ...PROXIED,
    headers: { "x-forwarded-for": "9.9.9.9, 192.0.2.7" },
  }, "192.0.2.7"],
  ["two proxies", {
    ...PROXIED,
    headers: { "x-forwarded-for": "9.9.9.9, 192.0.2.7, 10.0.0.2" },
  }, "192.0.2.7"],
  ["an address with a port", {
    ...PROXIED,
    headers: { "x-forwarded-for": "[2001:DB8::7]:4711" },
  }, "2001:db8::7"],
  ["the standard header", {
    ...PROXIED,
    headers: { forwarded: 'for=9.9.9.9, for="[2001:db8::7]:80";proto=https' },
  }, "2001:db8::7"],
  ["a hidden client", { ...PROXIED, headers: { forwarded: "for=_hidden" } }, "127.0.0.1"],
];
for (const [what, request, address] of ADDRESSES) {
  Deno.test(`[PXY1] the client's address of ${what} is ${address}`, () => {
    equal(factsOf(request).address, address);
  });
}

const PUBLIC: readonly [string, MadeUpRequest, string | undefined, boolean][] = [
  ["a direct request", { headers: { host: "Box.LAN:8000" } }, "http://box.lan:8000", false],
  [
    "a direct request over TLS",
    { headers: { host: "[::1]:8000" }, tls: true },
    "https://[::1]:8000",
    true,
  ],
  ["a request without a host", {}, undefined, false],
  ["a request whose host cannot be read", { headers: { host: "a b" } }, undefined, false],
  [
    "an untrusted proxy",
    {
      headers: { host: "h", "x-forwarded-proto": "https", "x-forwarded-host": "x" },
    },
    "http://h",
    false,
  ],
  [
    "a trusted proxy",
    {
      ...PROXIED,
      headers: {
        host: "127.0.0.1:8000",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "play.test",
      },
    },
    "https://play.test",
    true,
  ],
  [
    "a trusted proxy under a path",
    {
      ...PROXIED,
      headers: {
        host: "play.test",
        "x-forwarded-proto": "https",
        "x-forwarded-prefix": "/farpad/",
      },
    },
    "https://play.test/farpad",
    true,
  ],
  [
    "a trusted proxy on a port",
    {
      ...PROXIED,
      headers: { host: "play.test", "x-forwarded-port": "8443", "x-forwarded-proto": "https" },
    },
    "https://play.test:8443",
    true,
  ],
  [
    "the public URL before all",
    {
      publicUrl: "https://play.test/farpad/",
      headers: { host: "127.0.0.1:8000" },
    },
    "https://play.test/farpad",
    false,
  ],
  [
    "the public URL by a proxy that keeps the host",
    {
      publicUrl: "https://play.test:8443/",
      headers: { host: "PLAY.test." },
    },
    "https://play.test:8443",
    true,
  ],
];
for (const [what, request, url, secure] of PUBLIC) {
  Deno.test(`[PXY2] the public address of ${what} is ${url}`, () => {
    const { publicAddress, secure: found } = factsOf(request);
    equal(publicAddress && publicAddress.origin + publicAddress.base, url);
    equal(found, secure);
  });
}

Deno.test("[PXY3] a path is served with and without the base path", () => {
  deepEqual(
    ["/farpad", "/farpad/", "/farpad/api", "/api", "/farpadx"].map((path) =>
      pathBelow("/farpad", path)
    ),
    ["/", "/", "/api", "/api", "/farpadx"],
  );
});

const rules = { origins: ["https://play.test"], localOnly: false, onDefaultPort: false };
const PAGES: readonly [string, string | null, string, Partial<typeof rules>, boolean][] = [
  ["a program", null, "play.test", {}, true],
  ["a page of the same host and port", "http://box.lan:8000", "box.lan:8000", {}, true],
  ["a page of another port", "http://box.lan:9000", "box.lan:8000", {}, false],
  ["a name in other letters", "http://box.lan:8000", "BOX.lan.:8000", {}, true],
  ["Punycode", "http://xn--bcher-kva.test", "bücher.test", {}, true],
  ["the default port, written out", "https://box.lan", "box.lan:443", {}, true],
  ["a host whose port a proxy dropped", "http://box.lan:8080", "box.lan", {}, true],
  ["a missing port that means the default", "http://box.lan:8080", "box.lan", {
    onDefaultPort: true,
  }, false],
  [
    "a listed page behind a proxy that rewrites the host",
    "https://play.test",
    "127.0.0.1:8000",
    {},
    true,
  ],
  ["a foreign page", "https://evil.test", "play.test", {}, false],
  ["a page without an origin", "null", "play.test", {}, false],
  ["a name of this machine", null, "localhost:8000", { localOnly: true }, true],
  ["a listed name, without its port", null, "play.test", { localOnly: true }, true],
  [
    "a foreign name on loopback",
    "http://evil.test:8000",
    "evil.test:8000",
    { localOnly: true },
    false,
  ],
];
for (const [what, origin, host, change, served] of PAGES) {
  Deno.test(`[ADM1] ${what} is ${served ? "served" : "refused"}`, () => {
    const refusal = checkOrigin({ origin, host: parseHost(host) }, { ...rules, ...change });
    equal(refusal === undefined, served);
  });
}

Deno.test("[PXY4] a challenge contains the host that the device dialled, if it is the coordinator's", () => {
  const proxied = factsOf({
    publicUrl: "https://play.test/farpad/",
    headers: { host: "127.0.0.1:8000" },
  });
  equal(dialledHost(proxied, "play.test"), "play.test");
  equal(dialledHost(proxied, "evil.test"), "127.0.0.1:8000");
  const direct = factsOf({ publicUrl: "https://play.test/", headers: { host: "10.0.0.5:8000" } });
  equal(dialledHost(direct, "10.0.0.5:8000"), "10.0.0.5:8000");
  equal(dialledHost(direct, undefined), "10.0.0.5:8000");
  const dropped = factsOf({ headers: { host: "box.lan" } });
  equal(dialledHost(dropped, "box.lan:8080"), "box.lan:8080");
  equal(dialledHost(factsOf(), "box.lan:8080"), undefined);
});

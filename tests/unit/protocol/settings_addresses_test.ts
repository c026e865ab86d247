import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type * as z from "zod/mini";
import { canonicalHost, hostInUrl, isLoopbackHost } from "../../../protocol/addresses/hosts.ts";
import {
  certificateHosts,
  host,
  hostsAndNetworks,
  networks,
  origins,
  publicUrl,
  socketUrl,
  stunUrls,
  turnUrls,
  webUrl,
} from "../../../protocol/settings/addresses.ts";

/** What the text is read as, or why it is refused. */
function read(reader: z.ZodMiniType<unknown, string>, text: string): unknown {
  const parsed = reader.safeParse(text);
  return parsed.success ? parsed.data : `refused: ${parsed.error.issues[0]!.message}`;
}
const NO_HOST = "refused: it must be a host name, an IPv4 address or an IPv6 address";

const HOSTS: readonly [string, string | undefined][] = [
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["[::1]", "::1"],
  ["2001:DB8:0:0::7", "2001:db8::7"],
  ["Play.Example.ORG.", "play.example.org"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["my_box", "my_box"],
  ["", undefined],
  ["a b", undefined],
  ["user@host", undefined],
  ["host/path", undefined],
  ["[host]", undefined],
  ["256.1.1.1", undefined],
  ["[::1", undefined],
  ["::g", undefined],
];
for (const [text, canonical] of HOSTS) {
  Deno.test(`[SET11] the host ${JSON.stringify(text)} is ${canonical ?? "refused"}`, () => {
    equal(canonicalHost(text), canonical);
  });
}

Deno.test("[SET11] the canonical form of a host is a host of that form", () => {
  const any = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.string());
  fc.assert(fc.property(any, (text) => {
    const canonical = canonicalHost(text);
    if (canonical === undefined) return;
    equal(canonicalHost(canonical), canonical);
    equal(canonicalHost(hostInUrl(canonical)), canonical);
  }));
});

Deno.test("[SET11] loopback is known in every form", () => {
  const of = (text: string) => isLoopbackHost(canonicalHost(text)!);
  deepEqual(
    ["localhost", "LOCALHOST.", "a.localhost", "127.9.9.9", "0:0::1", "::ffff:127.0.0.1"].map(of),
    Array(6).fill(true),
  );
  deepEqual(["192.0.2.1", "localhost.example", "::2", "127.example"].map(of), Array(4).fill(false));
});

const READ: readonly [string, z.ZodMiniType<unknown, string>, string, unknown][] = [
  ["host", host, "[2001:db8::1]", "2001:db8::1"],
  ["host", host, "example.org:80", "refused: it must be a host without a port"],
  ["host", host, "a b", NO_HOST],
  ["certificate hosts", certificateHosts, "*.Example.org, ::1", ["*.example.org", "::1"]],
  ["origins", origins, "HTTPS://Play.Example.org:443/, http://[::1]:80", [
    "https://play.example.org",
    "http://[::1]",
  ]],
  [
    "origins",
    origins,
    "https://a.test/path",
    'refused: each must be like https://host or https://host:port, and "https://a.test/path" is not',
  ],
  ["public URL", publicUrl, "https://Example.org", "https://example.org/"],
  [
    "public URL",
    publicUrl,
    "http://[2001:db8::7]:8080/farpad",
    "http://[2001:db8::7]:8080/farpad/",
  ],
  [
    "public URL",
    publicUrl,
    "example.org",
    "refused: it must be like https://example.org or https://example.org/farpad/",
  ],
  [
    "public URL",
    publicUrl,
    "https://example.org/?a=1",
    "refused: it must be like https://example.org or https://example.org/farpad/",
  ],
  [
    "public URL",
    publicUrl,
    "https://example.org/a%20b",
    "refused: its path may hold letters, digits and . _ ~ - between single slashes",
  ],
  ["socket URL", socketUrl, "wss://[::1]:8000/wso", "wss://[::1]:8000/wso"],
  [
    "socket URL",
    socketUrl,
    "ws://",
    "refused: it must be like wss://host/path or ws://host:port/path",
  ],
  [
    "socket URL",
    socketUrl,
    "https://host/wso",
    "refused: it must be like wss://host/path or ws://host:port/path",
  ],
  ["web URL", webUrl, "/ping", "/ping"],
  [
    "web URL",
    webUrl,
    "http://",
    "refused: it must be like https://host:port/path, or a path such as /path",
  ],
  ["STUN", stunUrls, "stun:Stun.Example.org:3478,stuns:[2001:DB8::1]:5349", [
    "stun:stun.example.org:3478",
    "stuns:[2001:db8::1]:5349",
  ]],
  [
    "STUN",
    stunUrls,
    "stun:2001:db8::1",
    'refused: each must be stun:host:port with an IPv6 address in brackets, and "stun:2001:db8::1" is not',
  ],
  [
    "STUN",
    stunUrls,
    "stun:host:99999",
    'refused: each must be stun:host:port with an IPv6 address in brackets, and "stun:host:99999" is not',
  ],
  ["TURN", turnUrls, "turn:192.0.2.1?transport=TCP", ["turn:192.0.2.1?transport=tcp"]],
  ["networks", networks, "loopback,10.0.0.0/8,2001:DB8::/32,192.0.2.1", [
    "loopback",
    "10.0.0.0/8",
    "2001:db8::/32",
    "192.0.2.1",
  ]],
  [
    "networks",
    networks,
    "proxy.test",
    "refused: each must be an address, a network such as 10.1.0.0/16, or loopback",
  ],
  [
    "networks",
    networks,
    "10.0.0.0/33",
    'refused: each network must be like 10.1.0.0/16 or 2001:db8::/32, and "10.0.0.0/33" is not',
  ],
  ["hosts and networks", hostsAndNetworks, "nas.lan,10.1.0.0/16", ["nas.lan", "10.1.0.0/16"]],
];
for (const [what, reader, text, expected] of READ) {
  Deno.test(`[SET12] ${what}: ${text}`, () => deepEqual(read(reader, text), expected));
}

/**
 * Readers of settings that hold addresses: hosts, origins, URLs, networks, ICE servers. Each takes IPv4, IPv6 and
 * names where the setting allows them, and returns the canonical form or the reason that the text cannot be used.
 *
 * @module
 */
import type * as z from "zod/mini";
import { canonicalHost, hostInUrl, hostKind, isLoopbackHost } from "../addresses/hosts.ts";
import { listOf, readBy, type ValueOrFault } from "./values.ts";

/** A host without a port, such as `play.example.org`, `192.0.2.7`, `2001:db8::7` or `[2001:db8::7]`. */
export const host: z.ZodMiniType<string, string> = readBy(parseHost);

/** Hosts separated by commas. */
export const hosts: z.ZodMiniType<readonly string[], string> = listOf(parseHost);

function parseHost(text: string): ValueOrFault<string> {
  const value = canonicalHost(text);
  if (value !== undefined) return { value };
  const withPort = /^(.+):\d+$/.exec(text)?.[1];
  const fault = withPort !== undefined && canonicalHost(withPort) !== undefined
    ? "it must be a host without a port"
    : "it must be a host name, an IPv4 address or an IPv6 address";
  return { fault };
}

/** Names for a certificate; the first label of a name may be `*` (RFC 6125 §6.4.3). */
export const certificateHosts: z.ZodMiniType<readonly string[], string> = listOf((text) => {
  const rest = /^\*\.(.+)$/.exec(text)?.[1];
  if (rest === undefined) return parseHost(text);
  const parsed = parseHost(rest);
  return "fault" in parsed ? parsed : { value: `*.${parsed.value}` };
});

/** Origins such as `https://play.example.org:8443`, in their canonical form (RFC 6454 §6.2). */
export const origins: z.ZodMiniType<readonly string[], string> = listOf((text) => {
  const url = URL.parse(text);
  const isOrigin = url && isHttp(url) && url.pathname === "/" && !/[?#]/.test(text) &&
    !url.username;
  const value = isOrigin ? canonicalOrigin(url) : undefined;
  return value === undefined
    ? { fault: `each must be like https://host or https://host:port, and "${text}" is not` }
    : { value };
});

/** A web address of a folder, such as `https://example.org/farpad/`; a missing slash at the end is added. */
export const publicUrl: z.ZodMiniType<string, string> = readBy((text) => {
  const url = URL.parse(text);
  const origin = url && isHttp(url) ? canonicalOrigin(url) : undefined;
  if (!url || origin === undefined || /[?#]/.test(text) || url.username || url.password) {
    return { fault: "it must be like https://example.org or https://example.org/farpad/" };
  }
  if (!/^[A-Za-z0-9._~/-]*$/.test(url.pathname) || url.pathname.includes("//")) {
    return { fault: "its path may hold letters, digits and . _ ~ - between single slashes" };
  }
  return { value: `${origin}${url.pathname.replace(/\/*$/, "/")}` };
});

/** The address of an OpenID Connect provider: HTTPS, or HTTP on this machine. */
export const issuerUrl: z.ZodMiniType<string, string> = readBy((text) => {
  const url = /^https?:\/\/\S+$/i.test(text) ? URL.parse(text) : undefined;
  const name = url && canonicalHost(url.hostname);
  if (!url || !name || url.username || url.password || /[?#]/.test(text)) {
    return { fault: "it must be like https://login.example.org or https://example.org/realms/us" };
  }
  if (url.protocol === "http:" && !isLoopbackHost(name)) {
    return { fault: "it must begin with https://" };
  }
  return { value: text };
});

/** A WebSocket address, such as `wss://example.org/wso`. */
export const socketUrl: z.ZodMiniType<string, string> = readBy((text) => {
  const url = /^wss?:\/\/\S+$/i.test(text) ? URL.parse(text) : undefined;
  const value = url && canonicalHost(url.hostname) !== undefined && !url.hash ? text : undefined;
  return value === undefined
    ? { fault: "it must be like wss://host/path or ws://host:port/path" }
    : { value };
});

/** A web address, or a path on the host that serves the pages. */
export const webUrl: z.ZodMiniType<string, string> = readBy((text) => {
  const readable = /^https?:\/\/\S+$/i.test(text) ? URL.canParse(text) : /^\/[^/]\S*$/.test(text);
  return readable
    ? { value: text }
    : { fault: "it must be like https://host:port/path, or a path such as /path" };
});

/** STUN servers `stun:host[:port]` (RFC 7064), separated by commas. */
export const stunUrls: z.ZodMiniType<readonly string[], string> = listOf((text) =>
  parseIceUrl(text, "stun")
);
/** TURN servers `turn:host[:port][?transport=udp|tcp]` (RFC 7065), separated by commas. */
export const turnUrls: z.ZodMiniType<readonly string[], string> = listOf((text) =>
  parseIceUrl(text, "turn")
);

function parseIceUrl(text: string, scheme: "stun" | "turn"): ValueOrFault<string> {
  const [, found = "", hostText = "", port, transport] =
    /^(stuns?|turns?):(\[[^\]]+\]|[^:?]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(text) ??
      [];
  const host = canonicalHost(hostText);
  const fits = found.toLowerCase().startsWith(scheme) && host !== undefined &&
    (port === undefined || isPort(port)) && (scheme === "turn" || transport === undefined);
  if (!fits) {
    const example = scheme === "turn" ? `, also with ?transport=udp or tcp at its end` : "";
    const form = `${scheme}:host:port with an IPv6 address in brackets${example}`;
    return { fault: `each must be ${form}, and "${text}" is not` };
  }
  const at = `${hostInUrl(host)}${port === undefined ? "" : `:${Number(port)}`}`;
  const query = transport === undefined ? "" : `?transport=${transport.toLowerCase()}`;
  return { value: `${found.toLowerCase()}:${at}${query}` };
}

/** Hosts, addresses and networks (`10.1.0.0/16`) separated by commas. */
export const hostsAndNetworks: z.ZodMiniType<readonly string[], string> = listOf((text) =>
  text.includes("/") ? parseNetwork(text) : parseHost(text)
);

/** Addresses and networks separated by commas; `loopback` is this machine. */
export const networks: z.ZodMiniType<readonly string[], string> = listOf((text) => {
  if (text === "loopback") return { value: text };
  if (text.includes("/")) return parseNetwork(text);
  const value = canonicalHost(text);
  return value === undefined || hostKind(value) === "name"
    ? { fault: `each must be an address, a network such as 10.1.0.0/16, or loopback` }
    : { value };
});

function parseNetwork(text: string): ValueOrFault<string> {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const host = canonicalHost(address);
  const kind = host === undefined ? "name" : hostKind(host);
  const most = kind === "ipv4" ? 32 : 128;
  return host === undefined || kind === "name" || Number(bits) > most
    ? { fault: `each network must be like 10.1.0.0/16 or 2001:db8::/32, and "${text}" is not` }
    : { value: `${host}/${Number(bits)}` };
}

/** `undefined` when the URL has no host that can be compared. */
function canonicalOrigin(url: URL): string | undefined {
  const host = canonicalHost(url.hostname);
  const port = url.port === "" ? "" : `:${url.port}`;
  return host === undefined ? undefined : `${url.protocol}//${hostInUrl(host)}${port}`;
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65_535;
}

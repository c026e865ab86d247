/**
 * Whether a browser's page may use the coordinator, by a socket or by REST: pages of the coordinator itself may, and
 * pages of listed origins. Hosts are compared in canonical form; ports are compared where the request contains one.
 *
 * @module
 */
import { canonicalHost, isLoopbackHost } from "../../protocol/addresses/hosts.ts";
import type { NamedHost } from "./request_facts.ts";

/** The rules by which {@linkcode checkOrigin} decides. */
export interface OriginRules {
  /** Canonical origins of pages that may connect: the public address, and those of `FARPAD_ORIGINS`. */
  readonly origins: readonly string[];
  /**
   * Whether only names of this machine and of `origins` are served. Set while the coordinator listens on loopback,
   * because a page of another host can reach it through a DNS name that resolves to 127.0.0.1 (DNS rebinding).
   */
  readonly localOnly: boolean;
  /** Whether a `Host` header without a port means the default port, because the coordinator listens on it. */
  readonly onDefaultPort: boolean;
}

/** The reason why a page is refused. */
export interface ForeignPage {
  readonly code: "host" | "origin";
  readonly message: string;
}

/**
 * Checks a request; `undefined` when it may connect. `origin`: the `Origin` header, `null` for a client that is no
 * browser. `host`: the request's host; absent when the request has none, which no browser sends.
 */
export function checkOrigin(
  { origin, host }: { readonly origin: string | null; readonly host: NamedHost | undefined },
  rules: OriginRules,
): ForeignPage | undefined {
  if (host && rules.localOnly && !isServedName(host.name, rules)) {
    const message = `Cannot serve the name ${host.name}: the coordinator listens on this machine ` +
      "alone. Set FARPAD_PUBLIC_URL to the address that people open";
    return { code: "host", message };
  }
  if (origin === null || rules.origins.includes(canonicalOrigin(origin) ?? "")) return undefined;
  if (host && isPageOf(origin, host, rules)) return undefined;
  const message = `Cannot serve a page of ${origin}: it is not the address of this coordinator. ` +
    "Set FARPAD_PUBLIC_URL to that address, or add it to FARPAD_ORIGINS";
  return { code: "origin", message };
}

function isServedName(name: string, { origins }: OriginRules): boolean {
  return isLoopbackHost(name) ||
    origins.some((origin) => canonicalHost(new URL(origin).hostname) === name);
}

/**
 * Whether the page comes from the request's host. The common nginx setting `proxy_set_header Host $host` drops the
 * port, so a missing port fits every port unless it means the default port.
 */
function isPageOf(origin: string, host: NamedHost, { onDefaultPort }: OriginRules): boolean {
  const page = httpUrl(origin);
  if (!page || canonicalHost(page.hostname) !== host.name) return false;
  const pagePort = Number(page.port || defaultPort(page));
  if (host.port !== undefined) return host.port === pagePort;
  return !onDefaultPort || page.port === "";
}

/** An origin such as `https://play.example.org:8443` in canonical form; `undefined` for another text. */
export function canonicalOrigin(origin: string): string | undefined {
  const page = httpUrl(origin);
  const name = page && canonicalHost(page.hostname);
  if (!page || name === undefined) return undefined;
  return page.origin.replace(/\.(?=:|$)/, "");
}

function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : undefined;
}

function defaultPort({ protocol }: URL): number {
  return protocol === "https:" ? 443 : 80;
}

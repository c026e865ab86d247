/**
 * The coordinator's settings. `coordinator/config.ts` reads them; the table is here because every process
 * reads the names of the other processes' settings too.
 *
 * @module
 */
import {
  certificateHosts,
  host,
  issuerUrl,
  networks,
  origins,
  publicUrl,
  stunUrls,
  turnUrls,
} from "./addresses.ts";
import { SHARED_SETTINGS } from "./shared.ts";
import type { Setting, SettingsOf } from "./table.ts";
import { groupRoles } from "./group_roles.ts";
import { choice, integer, list, secretText, text, toggle } from "./values.ts";

const { allowedHosts, data, workerCredential, logLevel, logFormat } = SHARED_SETTINGS;

/** The settings of a coordinator, by key. */
export const COORDINATOR_SETTINGS = {
  host: {
    read: host,
    initial: "127.0.0.1",
    help: "Address or name to listen on; `0.0.0.0`: every IPv4 address; `::`: every address",
  },
  port: { read: integer(0, 65_535), initial: "8000", help: "TCP port to listen on; 0: any" },
  publicUrl: {
    read: publicUrl,
    help:
      "Where browsers and devices reach the coordinator, such as `https://example.org/farpad/`; absent: the address in each request",
  },
  trustedProxies: {
    read: networks,
    initial: "",
    help:
      "Proxies whose `Forwarded` and `X-Forwarded-…` headers are believed: addresses, networks, or `loopback`",
  },
  data,
  web: { read: text, initial: "web/dist", help: "Folder of the built pages" },
  tls: {
    read: choice(["off", "self"]),
    initial: "off",
    help: "`self`: HTTPS with a certificate made here and kept in the data folder",
  },
  tlsCert: { read: text, help: "HTTPS certificate chain, a PEM file" },
  tlsKey: { read: text, help: "Its private key, a PEM file" },
  tlsHosts: {
    read: certificateHosts,
    initial: "localhost,127.0.0.1,::1",
    help: "Names and addresses that a certificate made here is for",
  },
  origins: {
    read: origins,
    initial: "",
    help: "Origins whose pages may connect besides our own, such as `https://play.example.org`",
  },
  maxConnections: {
    read: integer(16, 1_000_000),
    initial: "2048",
    help: "TCP connections open in total; a quarter is kept for operators, workers and devices",
  },
  requestRate: {
    read: integer(1, 1_000_000),
    initial: "100",
    help:
      "Requests and new connections that one address (IPv6: one /64) may make a second; twenty times as many at once",
  },
  maxSockets: {
    read: integer(1, 1_000_000),
    initial: "256",
    help: "WebSockets that one address (IPv6: one /64) may have open",
  },
  socketRate: {
    read: integer(1, 100_000),
    initial: "30",
    help:
      "WebSockets that one address (IPv6: one /64) may open a second; four times as many at once",
  },
  stun: { read: stunUrls, initial: "", help: "STUN servers, such as `stun:host:3478`" },
  turnUrls: { read: turnUrls, initial: "", help: "TURN servers, such as `turn:host:3478`" },
  turnSecret: {
    read: secretText,
    help: "Secret shared with the TURN servers, from which credentials for 300 s are made",
    secret: true,
  },
  workerCredential,
  allowedHosts,
  metricsToken: {
    read: secretText,
    help: "Bearer token of `/metrics`; without one only this machine may read them",
    secret: true,
  },
  oidcIssuer: {
    read: issuerUrl,
    help:
      "OpenID Connect provider through which people sign in, such as `https://login.example.org`",
  },
  oidcClientId: { read: text, help: "Id of this installation at the provider" },
  oidcSecret: {
    read: text,
    help: "Its secret at the provider; absent: PKCE alone protects the sign-in",
    secret: true,
  },
  oidcGroups: {
    read: groupRoles,
    initial: "",
    help:
      "Roles of the provider's groups, such as `farpad-admins=admin,crew=operator`; `*`: everyone",
  },
  oidcGroupsClaim: {
    read: text,
    initial: "groups",
    help: "The claim of the provider that holds a person's groups",
  },
  oidcScopes: {
    read: list,
    initial: "openid,email,profile",
    help: "Scopes that are requested from the provider",
  },
  oidcName: {
    read: text,
    initial: "single sign-on",
    help: "The provider's name on the sign-in page",
  },
  demo: {
    read: toggle,
    initial: "false",
    help:
      "Give the first administrator a demonstration device to start with, and players a car to drive; `npm start` sets it to true",
    toggle: true,
  },
  logLevel,
  logFormat,
} as const satisfies Record<string, Setting<unknown>>;

/** The settings of a coordinator as they are in force. */
export type CoordinatorSettings = SettingsOf<typeof COORDINATOR_SETTINGS>;

/** Faults of combinations of settings. */
export function coordinatorConflicts(settings: CoordinatorSettings): string[] {
  const { tls, tlsCert, tlsKey, turnUrls, turnSecret } = settings;
  const { oidcIssuer, oidcClientId, oidcGroups } = settings;
  const faults: string[] = [];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const [has, lacks] = tlsCert ? ["CERT", "KEY"] : ["KEY", "CERT"];
    faults.push(`Cannot use FARPAD_TLS_${has} without FARPAD_TLS_${lacks}: set both, or neither`);
  }
  if (tls === "self" && tlsCert !== undefined) {
    faults.push("Cannot use FARPAD_TLS = self and FARPAD_TLS_CERT together: choose one");
  }
  if (turnUrls.length > 0 && turnSecret === undefined) {
    faults.push("Cannot use FARPAD_TURN_URLS without FARPAD_TURN_SECRET: set the servers' secret");
  }
  if ((oidcIssuer === undefined) !== (oidcClientId === undefined)) {
    const [has, lacks] = oidcIssuer ? ["ISSUER", "CLIENT_ID"] : ["CLIENT_ID", "ISSUER"];
    faults.push(`Cannot use FARPAD_OIDC_${has} without FARPAD_OIDC_${lacks}: set both, or neither`);
  }
  if (oidcIssuer !== undefined && oidcGroups.length === 0) {
    faults.push(
      "Cannot use FARPAD_OIDC_ISSUER without FARPAD_OIDC_GROUPS: nobody would have a role",
    );
  }
  return faults;
}

/**
 * The coordinator's settings: the table, and the only place in `coordinator/` that reads the environment.
 *
 * @module
 */
import * as z from "zod/mini";
import { LEVELS } from "../protocol/log.ts";
import {
  envName,
  integer,
  list,
  type ReadSettings,
  readSettings,
  type Setting,
  type SettingsOf,
  text,
  toggle,
} from "../protocol/settings.ts";

const Origins = z.pipe(
  list,
  z.array(z.string().check(z.regex(/^https?:\/\/[^/]+$/, "each must be like https://host:port"))),
);
const IceUrls = (scheme: "stun" | "turn") =>
  z.pipe(
    list,
    z.array(
      z.string().check(
        z.regex(new RegExp(`^${scheme}s?:\\S+$`), `each must be ${scheme}:host:port`),
      ),
    ),
  );
const Secret = z.string().check(z.minLength(16, "it must have at least 16 characters"));

export const COORDINATOR_SETTINGS = {
  host: { read: text, initial: "127.0.0.1", help: "Address to listen on; `0.0.0.0`: all" },
  port: { read: integer(0, 65_535), initial: "8000", help: "TCP port to listen on; 0: any" },
  data: { read: text, initial: "data", help: "Folder of everything that is kept" },
  web: { read: text, initial: "web/dist", help: "Folder of the built pages" },
  tls: {
    read: z.enum(["off", "self"]),
    initial: "off",
    help: "`self`: HTTPS with a certificate made here and kept in the data folder",
  },
  tlsCert: { read: text, help: "HTTPS certificate chain, a PEM file" },
  tlsKey: { read: text, help: "Its private key, a PEM file" },
  tlsHosts: {
    read: list,
    initial: "localhost,127.0.0.1,::1",
    help: "Names and addresses that a certificate made here is for",
  },
  origins: {
    read: Origins,
    initial: "",
    help: "Origins whose pages may connect besides our own, such as `https://play.example.org`",
  },
  trustProxy: {
    read: toggle,
    initial: "false",
    help:
      "Whether the last address in `X-Forwarded-For` is the client's: only behind a proxy of yours",
  },
  maxSockets: {
    read: integer(1, 1_000_000),
    initial: "256",
    help: "WebSockets that one address may have open",
  },
  socketRate: {
    read: integer(1, 100_000),
    initial: "30",
    help: "WebSockets that one address may open a second; four times as many at once",
  },
  stun: { read: IceUrls("stun"), initial: "", help: "STUN servers, such as `stun:host:3478`" },
  turnUrls: { read: IceUrls("turn"), initial: "", help: "TURN servers, such as `turn:host:3478`" },
  turnSecret: {
    read: Secret,
    help: "Secret shared with the TURN servers, from which credentials for 300 s are made",
    secret: true,
  },
  workerCredential: {
    read: Secret,
    help: "A credential that lets a worker in, besides those made here",
    secret: true,
  },
  allowedHosts: {
    read: list,
    initial: "",
    help:
      "Hosts and networks inside a private network that streams and webhooks may go to, such as `10.1.0.0/16`",
  },
  metricsToken: {
    read: Secret,
    help: "Bearer token of `/metrics`; without one only this machine may read them",
    secret: true,
  },
  demo: {
    read: toggle,
    initial: "false",
    help: "Give the first administrator a demonstration device to start with",
  },
  logLevel: { read: z.enum(LEVELS), initial: "info", help: "Least level that is logged" },
} as const satisfies Record<string, Setting<unknown>>;

export type CoordinatorSettings = SettingsOf<typeof COORDINATOR_SETTINGS>;

/** Reads flags, environment and the file that `FARPAD_CONFIG` names; tells all faults at once. */
export function readCoordinatorSettings(): ReadSettings<typeof COORDINATOR_SETTINGS> {
  const names = ["FARPAD_CONFIG", ...Object.keys(COORDINATOR_SETTINGS).map(envName)];
  const given = names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return parseSettings({ flags: Deno.args, env: Object.fromEntries(given) });
}

/** The same from given sources. */
export function parseSettings({ flags = [], env = {} }: {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): ReadSettings<typeof COORDINATOR_SETTINGS> {
  const path = env.FARPAD_CONFIG;
  const file = path === undefined ? undefined : readFile(path);
  const missing = path !== undefined && file === undefined;
  const faults = missing ? [`Cannot read the configuration file ${path} (FARPAD_CONFIG)`] : [];
  const read = readSettings(COORDINATOR_SETTINGS, {
    flags,
    env,
    ...(file === undefined ? {} : { file }),
  });
  if (read.ok) faults.push(...together(read.settings));
  else faults.push(...read.faults);
  return faults.length > 0 || !read.ok ? { ok: false, faults } : read;
}

/** Faults of settings that are fine alone. */
function together(settings: CoordinatorSettings): string[] {
  const { tls, tlsCert, tlsKey, turnUrls, turnSecret } = settings;
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
  return faults;
}

function readFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

import { deepEqual, equal, ok } from "node:assert/strict";
import { COORDINATOR_SETTINGS, parseSettings } from "../../../coordinator/config.ts";
import { coordinatorPermissions } from "../../../coordinator/permissions.ts";
import { envName, type Setting } from "../../../protocol/settings/table.ts";
import { WORKER_SETTINGS } from "../../../worker/config.ts";

const ROOT = new URL("../../../", import.meta.url);
const operations = await Deno.readTextFile(new URL("docs/OPERATIONS.md", ROOT));

function faultsOf(env: Record<string, string>): readonly string[] {
  const read = parseSettings({ env });
  return read.ok ? [] : read.faults;
}

Deno.test("[SET1] by default it serves this machine over HTTP on port 8000", () => {
  const read = parseSettings({});
  ok(read.ok);
  const { host, port, tls, trustedProxies, origins } = read.settings;
  deepEqual([host, port, tls, trustedProxies, origins], ["127.0.0.1", 8000, "off", [], []]);
});

const faults: readonly [Record<string, string>, string][] = [
  [
    { FARPAD_PORT: "http" },
    'Cannot use FARPAD_PORT = "http" (from the environment): it must be a whole number from 0 to 65535',
  ],
  [
    { FARPAD_ORIGINS: "play.test" },
    'Cannot use FARPAD_ORIGINS = "play.test" (from the environment): each must be like https://host or https://host:port, and "play.test" is not',
  ],
  [
    { FARPAD_STUN: "turn:t.test" },
    'Cannot use FARPAD_STUN = "turn:t.test" (from the environment): each must be stun:host:port with an IPv6 address in brackets, and "turn:t.test" is not',
  ],
  [
    { FARPAD_METRICS_TOKEN: "short" },
    "Cannot use FARPAD_METRICS_TOKEN = a secret value (from the environment): " +
    "it must have at least 16 characters",
  ],
  [
    { FARPAD_TLS_CERT: "a.pem" },
    "Cannot use FARPAD_TLS_CERT without FARPAD_TLS_KEY: set both, or neither",
  ],
  [
    { FARPAD_TLS_KEY: "a.pem" },
    "Cannot use FARPAD_TLS_KEY without FARPAD_TLS_CERT: set both, or neither",
  ],
  [
    { FARPAD_TLS: "self", FARPAD_TLS_CERT: "a.pem", FARPAD_TLS_KEY: "b.pem" },
    "Cannot use FARPAD_TLS = self and FARPAD_TLS_CERT together: choose one",
  ],
  [
    { FARPAD_TURN_URLS: "turn:t.test" },
    "Cannot use FARPAD_TURN_URLS without FARPAD_TURN_SECRET: set the servers' secret",
  ],
  [
    { FARPAD_CONFIG: "no/such/file.toml" },
    "Cannot read the configuration file no/such/file.toml (from FARPAD_CONFIG): " +
    "No such file or directory (os error 2): readfile 'no/such/file.toml'",
  ],
];
for (const [env, sentence] of faults) {
  Deno.test(`[PRC1] ${JSON.stringify(env)} is a fault that says what to do`, () => {
    deepEqual(faultsOf(env), [sentence]);
  });
}

Deno.test("[SET3] every fault is reported at once", () => {
  equal(faultsOf({ FARPAD_PORT: "x", FARPAD_TLS: "maybe", FARPAD_CONFIG: "none" }).length, 3);
});

Deno.test("[SET4] no secret is printed", () => {
  const secrets = {
    FARPAD_TURN_SECRET: "secret of the turn server",
    FARPAD_WORKER_CREDENTIAL: "secret of the worker",
    FARPAD_METRICS_TOKEN: "secret of the metrics",
  };
  const read = parseSettings({ env: secrets });
  ok(read.ok);
  const printed = JSON.stringify(read.shown);
  for (const secret of Object.values(secrets)) ok(!printed.includes(secret));
  ok(printed.includes('"FARPAD_TURN_SECRET":"***"'));
});

for (
  const [heading, table] of [
    ["### Coordinator", COORDINATOR_SETTINGS],
    ["### Worker", WORKER_SETTINGS],
  ] as const
) {
  Deno.test(`[SET7] OPERATIONS.md tells every setting under "${heading}", and no other`, () => {
    const from = operations.indexOf(heading);
    const section = operations.slice(from, operations.indexOf("\n#", from + 1));
    const rows = [...section.matchAll(/^\| `(FARPAD_\w+)` +\| (.*?) +\| (.*?) +\|$/gm)];
    deepEqual(rows.map(([, name]) => name), Object.keys(table).map((key) => envName(key)));
    for (const [key, { help, initial }] of Object.entries<Setting<unknown>>(table)) {
      const [, , shown, reported] = rows.find(([, name]) => name === envName(key))!;
      equal(reported, help, key);
      const written = key === "capacity"
        ? "3 for each processor"
        : initial
        ? `\`${initial}\``
        : "–";
      equal(shown, written, key);
    }
  });
}

Deno.test("[PRC3] it may write nowhere but into its data folder, and run nothing", () => {
  const flags = coordinatorPermissions({ FARPAD_DATA: "/srv/farpad", FARPAD_WEB: "/srv/pages" });
  ok(flags.includes("--allow-write=/srv/farpad"));
  ok(flags.includes("--allow-read=/srv/farpad,/srv/pages"));
  ok(flags.includes("--allow-env=FARPAD_*,WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE"));
  const granted = flags.map((flag) => flag.split("=")[0]);
  deepEqual(
    granted.sort(),
    ["--allow-env", "--allow-net", "--allow-read", "--allow-sys", "--allow-write"],
  );
});

Deno.test("[PRC3] OPERATIONS.md shows these rights", () => {
  for (const flag of coordinatorPermissions({})) {
    ok(operations.includes(flag.split("=")[0]!), flag);
  }
});

import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  describeSettings,
  envName,
  integer,
  list,
  portRange,
  readSettings,
  text,
  toggle,
} from "../../../protocol/settings.ts";

const TABLE = {
  port: { read: integer(0, 65_535), initial: "8000", help: "Port" },
  pingUrl: { read: text, help: "Address" },
  names: { read: list, initial: "", help: "Names" },
  secret: { read: text, help: "Secret", secret: true },
  verbose: { read: toggle, initial: "no", help: "More words" },
  udpPorts: { read: portRange, help: "Ports" },
} as const;

function faultsOf(sources: Parameters<typeof readSettings>[1]): readonly string[] {
  const read = readSettings(TABLE, sources);
  return read.ok ? [] : read.faults;
}

Deno.test("[SET1] what nobody gives has its default or is undefined", () => {
  const read = readSettings(TABLE, {});
  ok(read.ok);
  deepEqual(read.settings, { port: 8000, names: [], verbose: false });
});

Deno.test("[SET2] flags win over the environment, the environment over the file", () => {
  const sources = {
    flags: ["--port", "3"],
    env: { FARPAD_PORT: "2", FARPAD_PING_URL: "from env" },
    file: 'port = 1\nping_url = "from file"\nnames = ["a", "b"]',
  };
  const read = readSettings(TABLE, sources);
  ok(read.ok);
  deepEqual([read.settings.port, read.settings.pingUrl, read.settings.names], [
    3,
    "from env",
    ["a", "b"],
  ]);
});

Deno.test("[SET3] every fault is told at once, with its setting, what was found and where", () => {
  deepEqual(
    faultsOf({ env: { FARPAD_PORT: "many" }, flags: ["--verbose=perhaps"], file: "wrong = 1" }),
    [
      'Unknown setting "wrong" in the configuration file',
      'Cannot use FARPAD_PORT = "many" (from the environment): it must be a whole number from 0 to 65535',
      'Cannot use FARPAD_VERBOSE = "perhaps" (from a flag): it must be true or false',
    ],
  );
});

Deno.test("[SET3] an argument that is no setting is told", () => {
  deepEqual(faultsOf({ flags: ["--prot=1", "--port"] }), [
    'Cannot read the argument "--prot=1"',
    'Cannot read the argument "--port"',
  ]);
});

Deno.test("[SET3] a file that is not TOML is told", () => {
  const [fault] = faultsOf({ file: "port = = 1" });
  match(fault!, /^Cannot read the configuration file: /);
});

Deno.test("[SET4] a secret is neither printed nor repeated in a fault", () => {
  const read = readSettings(TABLE, { env: { FARPAD_SECRET: "hush" } });
  ok(read.ok);
  deepEqual(describeSettings(TABLE, read.settings), {
    FARPAD_PORT: "8000",
    FARPAD_NAMES: "",
    FARPAD_SECRET: "***",
    FARPAD_VERBOSE: "false",
  });
});

Deno.test("[SET5] ports are two whole numbers in order", () => {
  for (const wrong of ["5", "10-5", "0-5", "5-70000", "a-b"]) {
    equal(faultsOf({ env: { FARPAD_UDP_PORTS: wrong } }).length, 1, wrong);
  }
  const read = readSettings(TABLE, { env: { FARPAD_UDP_PORTS: "5-10" } });
  ok(read.ok);
  deepEqual(read.settings.udpPorts, [5, 10]);
});

Deno.test("[SET6] any whole number within bounds is read as itself", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), (port) => {
    const read = readSettings(TABLE, { env: { FARPAD_PORT: String(port) } });
    ok(read.ok);
    equal(read.settings.port, port);
  }));
});

Deno.test("[SET7] names follow the setting's key", () => {
  equal(envName("pingUrl"), "FARPAD_PING_URL");
});

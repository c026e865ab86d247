import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  readSettings,
  type SettingSources,
  unknownVariables,
} from "../../../protocol/settings/read.ts";
import { envName, fileName, flagName } from "../../../protocol/settings/table.ts";
import { integer, list, portRange, text, toggle } from "../../../protocol/settings/values.ts";

const TABLE = {
  port: { read: integer(0, 65_535), initial: "8000", help: "Port" },
  pingUrl: { read: text, help: "Address" },
  names: { read: list, initial: "", help: "Names" },
  secret: { read: text, help: "Secret", secret: true },
  verbose: { read: toggle, initial: "no", help: "Whether to log more", toggle: true },
  udpPorts: { read: portRange(1, ""), help: "Ports" },
} as const;
const OTHERS = {
  roms: { read: text, help: "Folder" },
  fast: { read: toggle, help: "", toggle: true },
} as const;

/** Sources with a configuration file of this text, named by the environment. */
function withFile(file: string, sources: SettingSources = {}): SettingSources {
  return {
    ...sources,
    env: { FARPAD_CONFIG: "farpad.toml", ...sources.env },
    readFile: () => file,
    others: OTHERS,
  };
}

function faultsOf(sources: SettingSources): readonly string[] {
  const read = readSettings(TABLE, sources);
  return read.ok ? [] : read.faults;
}

function settingsOf(sources: SettingSources) {
  const read = readSettings(TABLE, sources);
  ok(read.ok, JSON.stringify(read));
  return read.settings;
}

Deno.test("[SET1] a setting that is not given has its default or is undefined", () => {
  deepEqual(settingsOf({}), { port: 8000, names: [], verbose: false });
});

Deno.test("[SET1] an empty variable counts as not given", () => {
  equal(settingsOf({ env: { FARPAD_PORT: "", FARPAD_CONFIG: "" } }).port, 8000);
});

Deno.test("[SET2] flags win over the environment, the environment over the file", () => {
  const { port, pingUrl, names } = settingsOf(
    withFile('port = 1\nping_url = "from file"\nnames = ["a", "b"]', {
      flags: ["--port", "3"],
      env: { FARPAD_PORT: "2", FARPAD_PING_URL: "from env" },
    }),
  );
  deepEqual([port, pingUrl, names], [3, "from env", ["a", "b"]]);
});

Deno.test("[SET2] the flag --config names the file before the environment does", () => {
  const read: string[] = [];
  settingsOf({
    flags: ["--config", "a.toml"],
    env: { FARPAD_CONFIG: "b.toml" },
    readFile: (path) => {
      read.push(path);
      return "";
    },
  });
  deepEqual(read, ["a.toml"]);
});

Deno.test("[SET3] all faults are reported together, each with its setting, its source, its value and the allowed values", () => {
  deepEqual(
    faultsOf(withFile('wrong = 1\nport = "x"\nsince = 2026-01-01', {
      env: { FARPAD_UDP_PORTS: "many" },
      flags: ["--verbose=perhaps", "--prot=1", "stray", "--port"],
    })),
    [
      'Cannot use the argument "--prot=1": it names no setting',
      'Cannot use the argument "stray": it names no setting',
      "Cannot use the flag --port: no value follows it",
      'Cannot use "wrong" in farpad.toml: it names no setting',
      'Cannot use "since" in farpad.toml: it names no setting',
      'Cannot use FARPAD_PORT = "x" (from "port" in farpad.toml): it must be a whole number from 0 to 65535',
      'Cannot use FARPAD_VERBOSE = "perhaps" (from the flag --verbose): it must be true or false',
      'Cannot use FARPAD_UDP_PORTS = "many" (from the environment): it must be two ports, such as "50000-50100"',
    ],
  );
});

Deno.test("[SET3] a table in the file is refused as the value of a setting", () => {
  deepEqual(faultsOf(withFile("[port]\na = 1")), [
    'Cannot use "port" in farpad.toml: it must be text, a number, true, false or a list of these',
  ]);
});

Deno.test("[SET3] a file that is not TOML is reported in one line", () => {
  const [fault, ...others] = faultsOf(withFile("port = = 1"));
  match(fault!, /^Cannot read the configuration file farpad\.toml \(from FARPAD_CONFIG\): .+$/);
  deepEqual(others, []);
});

Deno.test("[SET3] a default file may be absent, a file that is named may not", () => {
  const readFile = () => {
    throw Object.assign(new Error("No such file"), { code: "ENOENT" });
  };
  deepEqual(faultsOf({ readFile, defaultFile: "/etc/x.toml" }), []);
  deepEqual(faultsOf({ readFile, flags: ["--config=x.toml"] }), [
    "Cannot read the configuration file x.toml (from the flag --config): No such file",
  ]);
});

Deno.test("[SET4] a secret is neither logged nor repeated in a fault", () => {
  const read = readSettings(TABLE, { env: { FARPAD_SECRET: "hush", FARPAD_UDP_PORTS: "5-10" } });
  ok(read.ok);
  deepEqual(read.shown, {
    FARPAD_PORT: "8000",
    FARPAD_NAMES: "",
    FARPAD_SECRET: "***",
    FARPAD_VERBOSE: "no",
    FARPAD_UDP_PORTS: "5-10",
  });
});

Deno.test("[SET5] ports are two whole numbers in order", () => {
  for (const wrong of ["5", "10-5", "0-5", "5-70000", "a-b"]) {
    equal(faultsOf({ env: { FARPAD_UDP_PORTS: wrong } }).length, 1, wrong);
  }
  deepEqual(settingsOf({ env: { FARPAD_UDP_PORTS: "5-10" } }).udpPorts, [5, 10]);
});

Deno.test("[SET6] any whole number within bounds is read as itself", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), (port) => {
    equal(settingsOf({ env: { FARPAD_PORT: String(port) } }).port, port);
  }));
});

Deno.test("[SET7] the three names of a setting follow its key", () => {
  deepEqual([envName("pingUrl"), fileName("pingUrl"), flagName("pingUrl")], [
    "FARPAD_PING_URL",
    "ping_url",
    "--ping-url",
  ]);
});

Deno.test("[SET8] a name that belongs to another process is no fault", () => {
  const sources = withFile('roms = "/srv/games"\nfast = true', {
    flags: ["--fast", "--roms", "/srv", "--port", "5"],
  });
  equal(settingsOf(sources).port, 5);
});

Deno.test("[SET9] a toggle needs no value as a flag", () => {
  equal(settingsOf({ flags: ["--verbose"] }).verbose, true);
  equal(settingsOf({ flags: ["--verbose", "--port=1"] }).verbose, true);
  equal(settingsOf({ flags: ["--verbose", "off"] }).verbose, false);
});

Deno.test("[SET10] a variable that begins like a setting and is none is found", () => {
  const env = {
    FARPAD_PROT: "1",
    FARPAD_PORT: "1",
    FARPAD_CONFIG: "",
    FARPAD_AGENT_CA: "",
    HOME: "",
  };
  deepEqual(unknownVariables(TABLE, env), ["FARPAD_PROT"]);
});

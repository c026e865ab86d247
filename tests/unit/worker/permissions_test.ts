import { deepEqual, ok } from "node:assert/strict";
import { resolve } from "node:path";
import {
  agentPermissions,
  durationsPermissions,
  enrolPermissions,
  launcherPermissions,
  pipelinePermissions,
  versionPermissions,
} from "../../../agent/permissions.ts";
import { permissionsOf } from "../../../coordinator/permissions.ts";
import {
  coverPermissions,
  egressPermissions,
  ownPermissions,
  roomPermissions,
  workerPermissions,
} from "../../../worker/isolation/permissions.ts";

const ROOT = resolve(import.meta.dirname!, "../../..");
const KINDS = ["net", "read", "write", "run", "ffi", "sys", "env"];
const folders = { data: resolve("data"), roms: resolve("roms"), cores: [] };
/** An installed agent. */
const versions = "/opt/farpad-agent/versions";
const deno = "/opt/farpad-agent/deno";
const native = { packages: "/opt/farpad-agent/node_modules", versions };
const RECEIVER = "worker.example.org";
const files = {
  data: "/var/lib/farpad-agent",
  media: "/var/lib/farpad-agent/media",
  config: "/etc/farpad/agent.toml",
};
const programs = {
  coordinator: permissionsOf({
    data: resolve("data"),
    web: resolve("web/dist"),
    tlsCert: undefined,
    tlsKey: undefined,
  }),
  worker: workerPermissions(folders),
  room: roomPermissions(folders),
  egress: egressPermissions(folders),
  cover: coverPermissions(folders),
  launcher: launcherPermissions(versions, deno),
  agent: agentPermissions(files, { deno, versions }),
  pipeline: pipelinePermissions(files, native, [RECEIVER]),
  durations: durationsPermissions(native),
  enrol: enrolPermissions(files),
  version: versionPermissions(),
};

/** The values of one permission as the operations page shows them. */
function shown(flags: readonly string[], kind: string): string {
  const flag = flags.find((each) => each.split("=")[0] === `--allow-${kind}`);
  if (flag === undefined) return "–";
  const [, values] = flag.split("=");
  if (values === undefined) return "all";
  return values.split(",").map((value) => {
    if (value === ROOT) return "the program";
    if (value === RECEIVER) return "the receivers of its stream";
    const path = [resolve(".") + "/", ROOT + "/"].reduce(
      (text, base) => text.replace(base, ""),
      value,
    );
    return `\`${path}\``;
  }).join(", ");
}

const lines = ["OPERATIONS", "OPERATIONS-AGENT"].flatMap((page) =>
  Deno.readTextFileSync(`${ROOT}/docs/${page}.md`).split("\n")
);
for (const [program, flags] of Object.entries(programs)) {
  Deno.test(`[CHI5] [CHI7] the operations page lists the permissions of the ${program}`, () => {
    const row = lines.find((line) =>
      line.startsWith(`| ${program} `) && line.split("|").length === KINDS.length + 3
    );
    ok(row, "there is no row");
    const cells = row.split("|").slice(2, -1).map((cell) => cell.trim());
    deepEqual(cells, KINDS.map((kind) => shown(flags, kind)));
  });

  Deno.test(`[CHI5] the ${program} has no permission for everything`, () => {
    deepEqual(flags.filter((flag) => flag === "-A" || flag === "--allow-all"), []);
    ok(flags.every((flag) => KINDS.includes(/^--allow-(\w+)/.exec(flag)?.[1] ?? "")));
  });
}

Deno.test("[CHI5] only processes that load no native code may run programs", () => {
  for (const flags of Object.values(programs)) {
    const may = (kind: string) => shown(flags, kind) !== "–";
    ok(!(may("run") && may("ffi")));
  }
});

Deno.test("[CHI5] a room may write saved states, battery memory and its own recordings, and read no key of the coordinator", () => {
  const read = shown(programs.room, "read");
  ok(!read.split(", ").includes("`data`"));
  deepEqual(shown(programs.room, "write"), "`data/saves`, `data/sram`");
  deepEqual(ownPermissions("/own"), ["--allow-read=/own", "--allow-write=/own"]);
});

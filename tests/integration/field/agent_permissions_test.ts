/**
 * What Deno allows and denies to the processes of a field box: an installed agent sends with these permissions, and a
 * program that runs in the place of one of its processes gets no further.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tiedPermissions } from "../../../agent/vehicle/tied/tied_sockets.ts";
import { guardPermissions } from "../../../agent/actuators/guard/permissions.ts";
import {
  agentPermissions,
  durationsPermissions,
  enrolPermissions,
  launcherPermissions,
  pipelinePermissions,
  RUN,
  versionPermissions,
} from "../../../agent/permissions.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { bundleAgent } from "../../../tools/bundle_agent.ts";
import { type FromSink, startChild, waitFor } from "../../support/field/children.ts";
import { writeClip } from "../../support/field/clips.ts";
import { ControlPlane, TOKEN } from "../../support/field/control_plane.ts";

const PROBE = fileURLToPath(import.meta.resolve("../../support/field/permission_probe.ts"));
const PACKAGES = fileURLToPath(import.meta.resolve("../../../node_modules"));
const LIBC = "/lib/libc.so.6";
const deno = Deno.execPath();

/** Tries each attempt in a process with these permissions. */
async function attempt(
  permissions: readonly string[],
  attempts: readonly string[],
): Promise<Record<string, boolean>> {
  const { stdout } = await new Deno.Command(deno, {
    args: [...RUN, ...permissions, PROBE, ...attempts],
    stdin: "null",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

interface Box {
  readonly folder: string;
  readonly data: string;
  readonly media: string;
  readonly versions: string;
}

async function withBox(work: (box: Box) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  const [data, versions] = [`${folder}/data`, `${folder}/versions`];
  const media = `${data}/media`;
  try {
    await Deno.mkdir(`${data}/processes`, { recursive: true });
    await Deno.mkdir(media);
    await Deno.mkdir(versions);
    await Deno.writeTextFile(`${data}/identity.json`, "a key");
    await Deno.writeTextFile(`${media}/clip.mp4`, "a film");
    await Deno.writeTextFile(`${folder}/program.js`, "the program");
    await work({ folder, data, media, versions });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[CHI7] each process of a field box is denied what it does not need", () =>
  withBox(async ({ folder, data, media, versions }) => {
    const files = { data, media, config: `${folder}/agent.toml` };
    const reads = {
      key: `read ${data}/identity.json`,
      film: `read ${media}/clip.mp4`,
      shadow: "read /etc/shadow",
    };
    const writes = {
      data: `write ${data}/x`,
      media: `write ${media}/x`,
      versions: `write ${versions}/x`,
      program: `write ${folder}/program.js`,
      temporary: `write /tmp/farpad-${crypto.randomUUID()}`,
    };
    const [shell, itself, network] = ["run sh", `run ${deno}`, "connect 9"];
    const native = { libc: `native ${LIBC}`, packages: `native ${PACKAGES}/none.node` };
    const secret = "env FARPAD_AGENT_ENROLLMENT";
    const all = [
      ...Object.values(reads),
      ...Object.values(writes),
      ...Object.values(native),
      ...[shell, itself, network, secret],
    ];
    const allowed = async (permissions: readonly string[]) => {
      const results = await attempt(permissions, all);
      return all.filter((each) => results[each]).sort();
    };
    const table: Record<string, [permissions: readonly string[], allowed: readonly string[]]> = {
      launcher: [launcherPermissions(versions, deno), [writes.versions, itself, secret]],
      agent: [
        agentPermissions(files, { deno, versions }),
        [
          ...[reads.key, reads.film, writes.data, writes.media, writes.versions],
          ...[itself, network, secret],
        ],
      ],
      pipeline: [pipelinePermissions(files, { packages: PACKAGES }, ["192.0.2.1"]), [
        reads.film,
        native.packages,
      ]],
      durations: [durationsPermissions({ packages: PACKAGES }), [native.packages]],
      guard: [guardPermissions({ kind: "log" }, `${data}/processes`), []],
      tied: [tiedPermissions("192.0.2.1:15001", `${data}/processes`), []],
      enrol: [enrolPermissions(files), [
        ...[reads.key, reads.film, writes.data, writes.media, secret],
      ]],
      version: [versionPermissions(), [secret]],
    };
    for (const [program, [permissions, expected]] of Object.entries(table)) {
      deepEqual(await allowed(permissions), [...expected].sort(), program);
    }
    deepEqual(await Deno.readTextFile(`${folder}/program.js`), "the program");
  }));

Deno.test("[CHI7] an installed agent measures a file and sends, and no process of it has every permission", () =>
  withBox(async ({ folder, data, media, versions }) => {
    await bundleAgent(`${folder}/dist`);
    await Deno.mkdir(`${versions}/first`);
    const [program, launcher] = ["farpad-agent.js", "farpad-agent-launcher.js"];
    await Deno.rename(`${folder}/dist/${program}`, `${versions}/first/${program}`);
    await Deno.rename(`${folder}/dist/${launcher}`, `${folder}/${launcher}`);
    await Deno.symlink("first", `${versions}/current`);
    await Deno.writeTextFile(`${folder}/package.json`, '{"private":true,"type":"module"}');
    await installPackages(`${folder}/node_modules`);
    await Deno.remove(`${data}/identity.json`);
    await writeClip(`${media}/clip.mp4`, { count: 30 });
    await using plane = await ControlPlane.listen();
    using sink = startChild<FromSink>("sink_main.ts", [
      "srt://127.0.0.1:15136?mode=listener&passphrase=0123456789abcdef",
    ]);
    await sink.until("a destination", (received) => received[0]);
    const run = [
      ...RUN,
      ...launcherPermissions(versions, deno),
      `${folder}/${launcher}`,
    ];
    const env = {
      FARPAD_AGENT_COORDINATOR: plane.url,
      FARPAD_AGENT_DATA: data,
      FARPAD_AGENT_MEDIA: media,
      FARPAD_AGENT_STATUS_PORT: "0",
      // Of the dynamic linker: Deno would start nothing with it.
      LD_LIBRARY_PATH: "/nowhere",
    };
    const enrol = new Deno.Command(deno, { args: [...run, "enrol", TOKEN], env, stdin: "null" });
    ok((await enrol.output()).success, "enrolled by command");
    const agent = new Deno.Command(deno, {
      args: run,
      ...{ env, cwd: folder, stdin: "null", stdout: "null", stderr: "null" } as const,
    }).spawn();
    try {
      const status = await plane.receive("device.status", {
        holds: ({ payload }) => typeof payload.saved_media[0]?.duration_s === "number",
      });
      ok(status.payload.uptime_s > 0 && status.payload.mem_used_mb > 0, "the kernel's files");
      plane.send("stream.start", {
        stream_id: StreamId.parse("str_1"),
        source: { mode: "test", resolution: "320x180", framerate: 30 },
        encoder: { bitrate_kbps: 500 },
        destinations: ["srt://127.0.0.1:15136"],
        bonding_config: { version: 1, links: [], scheduler: { discard_deadline_ms: 60 } },
        psk: "0123456789abcdef",
      });
      await sink.until(
        "pictures",
        (received) => received.some(({ kind }) => kind === "video") || undefined,
      );
      const commands = await waitFor("launcher, agent and pipeline", async () => {
        const found = await commandsBelow(agent.pid);
        return found.some((command) => command.includes("pipeline")) ? found : undefined;
      });
      const denos = commands.filter(([path]) => path === deno);
      equal(denos.length, 3);
      for (const command of denos) {
        deepEqual(command.filter((each) => /^(-A|--allow-all)$/.test(each)), []);
        ok(command.some((each) => each.startsWith("--allow-read=")), command.join(" "));
      }
    } finally {
      agent.kill("SIGTERM");
      await agent.status;
    }
  }));

/** Copies the native package as `deno install` leaves it: permissions hold for the paths of real files. */
async function installPackages(folder: string): Promise<void> {
  const own = await Deno.realPath(`${PACKAGES}/node-av`);
  const native = `@seydx/node-av-linux-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  await Deno.mkdir(`${folder}/@seydx`, { recursive: true });
  for (const [from, to] of [[own, "node-av"], [`${own}/../${native}`, native]] as const) {
    const copying = new Deno.Command("cp", { args: ["-rL", from, `${folder}/${to}`] });
    ok((await copying.output()).success, `copied ${to}`);
  }
}

/** The command lines of a process and of those that it started, and so on. */
async function commandsBelow(pid: number): Promise<string[][]> {
  const read = (part: string) => Deno.readTextFile(`/proc/${pid}/${part}`).catch(() => "");
  const children = (await read(`task/${pid}/children`)).split(" ").filter(Boolean).map(Number);
  const below = await Promise.all(children.map(commandsBelow));
  return [(await read("cmdline")).split("\0"), ...below.flat()];
}

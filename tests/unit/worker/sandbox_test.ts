import { deepEqual, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { createLog } from "../../../protocol/log.ts";
import {
  openSandbox,
  roomSandbox,
  withDevices,
  withFolder,
} from "../../../worker/isolation/sandbox.ts";
import { FakeClock } from "../../fakes/clock.ts";

const folders = { data: "/srv/data", roms: "/srv/roms", cores: ["/opt/cores"] };
const cache = join("/home", "ana", ".cache");
const places = { runtime: "/opt/deno/bin/deno", cache };

/** The mounts in their order: a later one covers those below its path. */
function mounts(command: readonly string[]): string[] {
  return command.flatMap((word, n) =>
    /^--((ro-)?bind(-try)?|tmpfs)$/.test(word) ? [`${word.slice(2)} ${command[n + 1]}`] : []
  );
}

Deno.test("[CHI6] a confined room writes saves, battery memory and its own recordings alone, and sees no other data", () => {
  const own = "/srv/data/recordings/.unfinished/7";
  const all = mounts(withFolder(roomSandbox(folders, places), own));
  deepEqual(all.at(-1), `bind ${own}`);
  deepEqual(withFolder([], own), []);
  deepEqual(all[0], "ro-bind /");
  deepEqual(all.filter((mount) => mount.includes("/srv/data")).sort(), [
    `bind ${own}`,
    "bind /srv/data/saves",
    "bind /srv/data/sram",
    "ro-bind /srv/data/processes",
    "ro-bind /srv/data/system",
    "tmpfs /srv/data",
  ]);
});

Deno.test("[CHI6] a confined room sees no home, but the runtime and its cache in one", () => {
  const all = mounts(roomSandbox(folders, places));
  ok(all.includes("tmpfs /home") && all.includes(`ro-bind-try ${cache}`));
  ok(all.includes("ro-bind-try /opt/deno/bin") && all.includes("ro-bind-try /opt/cores"));
});

Deno.test("[CHI6] a folder is mounted before the folders in it", () => {
  const { data } = folders;
  for (const roms of [`${data}/roms`, "/srv"]) {
    const all = mounts(roomSandbox({ ...folders, roms }, places));
    const at = (mount: string) => all.indexOf(mount);
    const [first, second] = roms === "/srv"
      ? [`ro-bind-try ${roms}`, `tmpfs ${data}`]
      : [`tmpfs ${data}`, `ro-bind-try ${roms}`];
    ok(at(first) >= 0 && at(first) < at(second), roms);
  }
});

Deno.test("[CHI6] a confined room reaches the device nodes of the encoder that is used, and no others", () => {
  const command = roomSandbox(folders, places);
  deepEqual(command.filter((word) => word.startsWith("--dev-bind")), []);
  const given = withDevices(command, ["/dev/dri"]);
  deepEqual(given.slice(-4), ["--dev-bind-try", "/dev/dri", "/dev/dri", "--"]);
  ok(given.indexOf("--dev") < given.indexOf("--dev-bind-try"));
  deepEqual(given.filter((word) => word === "--").length, 1);
  deepEqual(withDevices([], ["/dev/dri"]), []);
});

const outcomes = {
  "works": { attempt: () => Promise.resolve(undefined), says: /are confined by bubblewrap/ },
  "does not work": {
    attempt: () => Promise.resolve("No permissions to create new namespace"),
    says: /not confined: bubblewrap does not work here.*No permissions/,
  },
  "is not installed": {
    attempt: () => Promise.reject(new Deno.errors.NotFound("bwrap")),
    says: /not confined: bubblewrap \(bwrap\) is not installed/,
  },
};
for (const [what, { attempt, says }] of Object.entries(outcomes)) {
  Deno.test(`[CHI6] a worker whose bubblewrap ${what} logs whether rooms are confined`, async () => {
    const data = await Deno.makeTempDir();
    const lines: string[] = [];
    const log = createLog({ clock: new FakeClock(), sink: (line) => void lines.push(line) });
    const command = await openSandbox({ folders: { ...folders, data }, ...places, log, attempt });
    match(lines.join("\n"), says);
    deepEqual(command.length > 0, what === "works");
    ok((await Deno.stat(join(data, "saves"))).isDirectory);
    await Deno.remove(data, { recursive: true });
  });
}

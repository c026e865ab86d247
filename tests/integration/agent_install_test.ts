/**
 * Runs the agent's installer below a folder of its own, as root, with links where the service's user could have put
 * them. A script stands for Deno.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";

const INSTALLER = new URL("../../agent/install/", import.meta.url).pathname;
const SECRET = "what the service's user must not change\n";

interface Release {
  /** The root below which is installed. */
  readonly root: string;
  /** The folder of the release. */
  readonly release: string;
  /** A file outside, which links point to. */
  readonly secret: string;
  install(): Promise<{ readonly success: boolean; readonly text: string }>;
}

async function withRelease(work: (release: Release) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    const release = `${folder}/release`;
    const root = `${folder}/root`;
    const secret = `${folder}/secret`;
    await Deno.mkdir(release);
    await Deno.mkdir(root);
    await Deno.writeTextFile(secret, SECRET);
    for (const file of ["install.sh", "farpad-agent.service"]) {
      await Deno.copyFile(INSTALLER + file, `${release}/${file}`);
    }
    for (const file of ["farpad-agent.js", "farpad-agent-launcher.js", "package.json"]) {
      await Deno.writeTextFile(`${release}/${file}`, `${file} of this release\n`);
    }
    await Deno.writeTextFile(`${folder}/deno`, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    await work({
      ...{ root, release, secret },
      async install() {
        const { success, stderr } = await new Deno.Command("sh", {
          args: [`${release}/install.sh`, "--deno", `${folder}/deno`],
          env: { DESTDIR: root },
          stdout: "null",
          stderr: "piped",
        }).output();
        return { success, text: new TextDecoder().decode(stderr) };
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const asRoot = { ignore: Deno.uid() !== 0 };

Deno.test(
  "[UPD13] an installation replaces what the service's user put there, and follows no link",
  asRoot,
  async () => {
    await withRelease(async ({ root, secret, install }) => {
      const program = `${root}/opt/farpad-agent`;
      await Deno.mkdir(`${program}/versions`, { recursive: true });
      await Deno.mkdir(`${root}/usr/local/bin`, { recursive: true });
      for (const name of ["deno", "package.json", "farpad-agent-launcher.js", "trial.json"]) {
        await Deno.symlink(secret, `${program}/${name}`);
      }
      await Deno.symlink(root, `${program}/versions/current`);
      await Deno.symlink(secret, `${root}/usr/local/bin/farpad-agent`);

      const { success, text } = await install();
      ok(success, text);
      equal(await Deno.readTextFile(secret), SECRET);
      for (const name of ["deno", "package.json", "farpad-agent-launcher.js"]) {
        ok((await Deno.lstat(`${program}/${name}`)).isFile, name);
      }
      equal(
        await Deno.readTextFile(`${program}/versions/current/farpad-agent.js`),
        "farpad-agent.js of this release\n",
      );
      const left = await Array.fromAsync(Deno.readDir(`${root}/opt`), ({ name }) => name);
      equal(left.join(), "farpad-agent", "nothing of the work is left");
    });
  },
);

Deno.test(
  "[UPD13] an installation again puts in the release and keeps settings and media",
  asRoot,
  async () => {
    await withRelease(async ({ root, install }) => {
      ok((await install()).success);
      await Deno.writeTextFile(`${root}/etc/farpad/agent.toml`, "# mine\n");
      await Deno.writeTextFile(`${root}/var/lib/farpad-agent/media/a.mp4`, "a film");
      ok((await install()).success);
      equal(await Deno.readTextFile(`${root}/etc/farpad/agent.toml`), "# mine\n");
      equal(await Deno.readTextFile(`${root}/var/lib/farpad-agent/media/a.mp4`), "a film");
    });
  },
);

Deno.test(
  "[UPD14] the fleet's key of a release is written into the settings once",
  asRoot,
  async () => {
    await withRelease(async ({ root, release, install }) => {
      const keys = async () =>
        (await Deno.readTextFile(`${root}/etc/farpad/agent.toml`)).match(/^update_key = .*$/gm);
      ok((await install()).success);
      equal(await keys(), null);
      for (const key of ["first-KEY_1", "another"]) {
        await Deno.writeTextFile(`${release}/update_key.txt`, `${key}\n`);
        ok((await install()).success);
        deepEqual(await keys(), ['update_key = "first-KEY_1"']);
      }
    });
  },
);

Deno.test(
  "[UPD13] a link in the place of one of its folders is named, and nothing is installed",
  asRoot,
  async () => {
    await withRelease(async ({ root, secret, install }) => {
      await Deno.mkdir(`${root}/opt`);
      await Deno.mkdir(`${secret}-folder`);
      await Deno.symlink(`${secret}-folder`, `${root}/opt/farpad-agent`);
      const { success, text } = await install();
      equal(success, false);
      match(text, /Cannot install: .*farpad-agent is a link/);
      equal((await Array.fromAsync(Deno.readDir(`${secret}-folder`))).length, 0);
    });
  },
);

Deno.test("[UPD13] the service may write its versions alone, and root runs nothing from there", async () => {
  const service = await Deno.readTextFile(`${INSTALLER}farpad-agent.service`);
  match(service, /^ReadWritePaths=\/opt\/farpad-agent\/versions$/m);
  const script = await Deno.readTextFile(`${INSTALLER}install.sh`);
  match(script, /^ {2}chown -hR "\$user:\$user" "\$fresh\/versions"$/m);
  equal(script.match(/chown/g)?.length, 1, "one change of owner, in a folder of root's own");
});

import { equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { launcherPermissions, RUN } from "../../agent/permissions.ts";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { VERSION } from "../../protocol/version.ts";
import { bundleAgent } from "../../tools/bundle_agent.ts";
import { ControlPlane, TOKEN } from "../support/field/control_plane.ts";
import { createFleetKey } from "../support/field/fleet_key.ts";

/** A program that prints its version, and ends at once when it is run as the agent. */
const BROKEN = `if (Deno.args[0] === "version") console.log("2.0.0"); else Deno.exit(3);\n`;

const fleet = createFleetKey();

/** Serves files by name on loopback, as a server of releases does. */
function serve(files: Readonly<Record<string, string>>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const file = files[name];
    return file === undefined ? new Response("gone", { status: 404 }) : new Response(file);
  });
  return {
    update: (name: string, version: string, sha256 = hashOf(files[name] ?? "")) => ({
      binary_url: `http://127.0.0.1:${server.addr.port}/${name}`,
      sha256,
      version,
      signature: fleet.sign({ version, sha256 }),
      downgrade: false,
      restart_after: true,
      while_streaming: false,
    }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

Deno.test("[UPD1] [UPD5] [UPD8] [PSH2] a bundled agent updates itself, returns to the previous version when the new one fails, and keeps pushed settings", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  await bundleAgent(`${folder}/dist`);
  const program = await Deno.readTextFile(`${folder}/dist/farpad-agent.js`);
  await Deno.mkdir(`${folder}/versions/first`, { recursive: true });
  await Deno.rename(`${folder}/dist/farpad-agent.js`, `${folder}/versions/first/farpad-agent.js`);
  await Deno.rename(
    `${folder}/dist/farpad-agent-launcher.js`,
    `${folder}/farpad-agent-launcher.js`,
  );
  await Deno.symlink("first", `${folder}/versions/current`);
  const newer = program.replaceAll(`"${VERSION}"`, '"9.9.9"');
  await using releases = serve({ "good.js": newer, "broken.js": BROKEN });
  await using plane = await ControlPlane.listen();
  const launcher = new Deno.Command(Deno.execPath(), {
    args: [
      ...RUN,
      ...launcherPermissions(`${folder}/versions`, Deno.execPath()),
      `${folder}/farpad-agent-launcher.js`,
    ],
    cwd: folder,
    env: {
      FARPAD_AGENT_COORDINATOR: plane.url,
      FARPAD_AGENT_ENROLLMENT: TOKEN,
      FARPAD_AGENT_DATA: `${folder}/data`,
      FARPAD_AGENT_MEDIA: `${folder}/media`,
      FARPAD_AGENT_STATUS_PORT: "0",
      FARPAD_AGENT_UPDATE_KEY: fleet.publicKey,
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    equal((await plane.receive("auth.login")).payload.agent_version, VERSION);
    await plane.receive("device.status");

    plane.send("agent.update", releases.update("good.js", "9.9.9", "0".repeat(64)));
    const failed = await plane.receive("device.status", {
      holds: ({ payload }) => payload.update?.state === "failed",
    });
    match(failed.payload.update?.detail ?? "", /SHA-256/);

    plane.send("agent.update", releases.update("good.js", "9.9.9"));
    await plane.receive("auth.login", {
      holds: ({ payload }) => payload.agent_version === "9.9.9",
    });
    const done = await plane.receive("device.status", {
      holds: ({ payload }) => payload.update?.state === "done",
    });
    equal(done.payload.update?.version, "9.9.9");

    const from = plane.received.length;
    plane.send("agent.update", releases.update("broken.js", "9.9.10"));
    const back = await plane.receive("device.status", {
      from,
      holds: ({ payload }) => payload.update?.state === "rolled_back",
    });
    equal(back.payload.update?.version, "9.9.10");
    equal(newestLogin(plane)?.agent_version, "9.9.9");
    match(back.payload.update?.detail ?? "", /exit code 3/);

    const tried = plane.received.length;
    const values = { log_level: "debug" };
    plane.send("settings.push", { version: 1, values, while_streaming: false });
    await plane.receive("auth.login", { from: tried });
    const trial = await plane.receive("device.status", { from: tried, holds: isInForce });
    equal(trial.payload.settings?.on_trial, true);
    const kept = await plane.receive("device.status", {
      from: tried,
      holds: (message) => isInForce(message) && !message.payload.settings?.on_trial,
    });
    equal(kept.payload.settings?.own.log_level, "info");
  } finally {
    launcher.kill("SIGTERM");
    await launcher.status;
    await Deno.remove(folder, { recursive: true });
  }
});

function isInForce({ payload }: { readonly payload: DeviceStatus }): boolean {
  return payload.settings?.version === 1;
}

function newestLogin({ received }: ControlPlane) {
  return received.findLast((message) => message.type === "auth.login")?.payload;
}

import { equal, match } from "node:assert/strict";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { taskCommand } from "../../support/stack/task.ts";

const EMAIL = "ada@farpad.example";

/** Runs the command to its end. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: taskCommand("reset-password", args),
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout), faults: text.decode(stderr) };
}

Deno.test("[ACC22] the local command makes a reset link while the coordinator runs", async () => {
  await withDataFolder(async (env) => {
    await using coordinator = await startCoordinator(env).then((started) => {
      if ("code" in started) throw new Error(started.output);
      return started;
    });
    const post = async (path: string, body: unknown) => {
      const response = await fetch(`${coordinator.url}/api/auth/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      return response.status;
    };
    const token = await coordinator.setupToken();
    equal(await post("setup", { token, email: EMAIL, name: "Ada", password: "forgotten" }), 201);

    const made = await run([EMAIL], env);
    equal(made.code, 0, made.faults);
    const [, url, reset] = /^(http\S+)\/operator\/reset#token=(\S+)$/m.exec(made.output)!;
    equal(url, coordinator.url.replace("localhost", "127.0.0.1"));
    equal(await post("reset", { token: reset, password: "a new password" }), 200);
    equal(await post("login", { email: EMAIL, password: "a new password" }), 200);

    const unknown = await run(["nobody@farpad.example"], env);
    equal(unknown.code, 1);
    match(unknown.faults, /^Cannot find a user with the email nobody@farpad\.example in /);
  });
});

Deno.test("[ACC22] the local command names what is missing", async () => {
  await withDataFolder(async (env) => {
    const nothing = await run([EMAIL], env);
    equal(nothing.code, 1);
    match(
      nothing.faults,
      /^Cannot find a database in .* Name the coordinator's folder with --data\n$/,
    );
    const usage = await run([], env);
    equal(usage.code, 1);
    match(usage.faults, /^Usage: npm run reset-password -- EMAIL/);
  });
});

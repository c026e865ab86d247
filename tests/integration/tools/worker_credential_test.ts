import { deepEqual, equal, match } from "node:assert/strict";
import { toWorker } from "../../../protocol/legs/worker_leg.ts";
import { helloOf } from "../../fakes/coordinator.ts";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { Dialled } from "../../support/coordinator/served.ts";
import { taskCommand } from "../../support/stack/task.ts";

/** Runs the command to its end. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: taskCommand("worker-credential", args),
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout).trim(), faults: text.decode(stderr) };
}

Deno.test("[CRD5] the local command lets a worker in and out while the coordinator runs", async () => {
  await withDataFolder(async (env) => {
    await using coordinator = await startCoordinator(env).then((started) => {
      if ("code" in started) throw new Error(started.output);
      return started;
    });
    const { output: credential } = await run(["make", "w2"], env);
    match(credential, /^fpw_[0-9a-f]{64}$/);
    const again = await run(["make", "w2"], env);
    deepEqual([again.code, again.output], [1, ""]);
    match(again.faults, /worker w2 has one already\. Revoke that first/);
    match((await run(["list"], env)).output, /^w2\t\d{4}-\d\d-\d\dT/);

    const url = `${coordinator.url.replace("http", "ws").replace("localhost", "127.0.0.1")}/wso`;
    const worker = new Dialled(url, toWorker.decode);
    await worker.opened;
    worker.send("worker.hello", helloOf("w2", { credential }));
    const { payload } = await worker.next("worker.hello.response");
    equal("error" in payload, false);
    equal((await run(["revoke", "w2"], env)).code, 0);
    equal((await worker.closed).code, 4403);
    equal((await run(["revoke", "w2"], env)).code, 1);
  });
});

Deno.test("[CRD5] the command names what is wrong with its arguments and its folder", async () => {
  for (const args of [[], ["make"], ["make", "a b"], ["show", "w2"]]) {
    match((await run(args, {})).faults, /^Usage: npm run worker-credential/);
  }
  const { code, faults } = await run(["list", "--data", "no/such/folder"], {});
  equal(code, 1);
  match(faults, /^Cannot list credentials in .*no\/such\/folder/);
});

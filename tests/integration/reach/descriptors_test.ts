import { deepEqual, equal, match } from "node:assert/strict";

Deno.test("[RCH8] where no descriptor is left a new connection ends with the reason, and those that are there go on", async () => {
  const script = new URL("../../support/reach/few_descriptors_main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script],
    stdin: "piped",
    stdout: "piped",
    signal: AbortSignal.timeout(30_000),
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const most = Number((await output.read()).value);
  const limited = await new Deno.Command("prlimit", {
    args: ["--pid", String(child.pid), `--nofile=${most}`],
  }).output();
  equal(limited.code, 0);
  const input = child.stdin.getWriter();
  await input.write(Uint8Array.of(1));
  await input.close();
  const { reason, closed } = JSON.parse((await output.read()).value ?? "{}");
  match(reason, /^Cannot offer a media connection: .* as many files open as it may have$/);
  deepEqual(closed, []);
  await output.cancel();
  equal((await child.status).code, 0);
});

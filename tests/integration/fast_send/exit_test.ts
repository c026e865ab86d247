import { equal } from "node:assert/strict";

Deno.test("[FST10] OpenSSL does not free its memory when the process ends, beside threads that end too", async () => {
  const script = new URL("../../support/reach/openssl_exit_main.ts", import.meta.url).pathname;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-ffi", "--no-check", script],
    stdout: "null",
    stderr: "inherit",
    signal: AbortSignal.timeout(30_000),
  }).output();
  equal(code, 0);
});

import { equal, ok } from "node:assert/strict";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";

const ADMIN = { email: "ada@x.example", password: "correct horse" };
const AT_ONCE = 60;

Deno.test("[ACC18] sixty people sign in at once with real password hashes, and other requests are answered meanwhile", async () => {
  await withDataFolder(async (env) => {
    const started = await startCoordinator({ ...env, FARPAD_TRUSTED_PROXIES: "loopback" });
    if ("code" in started) throw new Error(started.output);
    await using coordinator = started;
    const post = (path: string, body: unknown, address = "203.0.113.1") =>
      fetch(`${coordinator.url}/api/auth/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify(body),
      });
    const token = await coordinator.setupToken();
    await (await post("setup", { token, name: "Ada", ...ADMIN })).body?.cancel();

    const order: string[] = [];
    const signIn = async (n: number, body = ADMIN) => {
      const response = await post("login", body, `198.51.100.${n}`);
      await response.body?.cancel();
      order.push("login");
      return response;
    };
    const all = Array.from({ length: AT_ONCE }, (_, n) =>
      // One account is tried at most twenty times without a delay.
      signIn(n, n < 20 ? ADMIN : { ...ADMIN, email: `user${n}@x.example` }));
    for (let n = 0; n < 5; n++) {
      const health = await fetch(`${coordinator.url}/healthz`);
      await health.body?.cancel();
      equal(health.status, 200);
      order.push("health");
    }
    const answers = await Promise.all(all);
    // A machine that is busy with other things may refuse the last ones, with the time to wait.
    const refused = answers.filter(({ status }) => status === 429);
    ok(refused.every(({ headers }) => headers.get("retry-after") === "10"));
    ok(answers.every(({ status }) => [200, 401, 429].includes(status)));
    ok(answers.some(({ status }) => status === 200));
    ok(order.lastIndexOf("health") < order.lastIndexOf("login"), order.join(" "));
  });
});

import { deepEqual } from "node:assert/strict";
import { request } from "node:https";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { runNginx } from "../../support/nginx.ts";
import { freePort } from "../../support/stack/stack.ts";

const PAGE = new URL("../../../docs/OPERATIONS.md", import.meta.url);
/** The address in the page. */
const PUBLIC_URL = "https://example.org/farpad/";

Deno.test("[PXY5] the lines for nginx in the operations page serve HTTPS below a path", async () => {
  await withDataFolder(async (env) => {
    const page = await Deno.readTextFile(PAGE);
    const [port, target] = [await freePort(), await freePort()];
    const made = await makeCertificate({ clock: systemClock, random: systemRandom }, [
      "example.org",
    ]);
    const [cert, key] = [`${env.FARPAD_DATA}/cert.pem`, `${env.FARPAD_DATA}/key.pem`];
    await Deno.writeTextFile(cert, made.cert);
    await Deno.writeTextFile(key, made.key);
    const lines = /```nginx\n(.*?)```/s.exec(page)![1]!
      .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
      .replace("127.0.0.1:8000", `127.0.0.1:${target}`)
      .replace(/ssl_certificate \S+;/, `ssl_certificate ${cert};`)
      .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`);
    const started = await startCoordinator({
      ...env,
      FARPAD_PORT: `${target}`,
      FARPAD_PUBLIC_URL: PUBLIC_URL,
      FARPAD_TRUSTED_PROXIES: "loopback",
    });
    if ("code" in started) throw new Error(started.output);
    await using _coordinator = started;
    await using _nginx = await runNginx(lines, [port]);
    const { servers } = JSON.parse(await get({ port, ca: made.cert }));
    deepEqual(servers, [{ url: "https://example.org/farpad" }]);
  });
});

/** The API document, asked for by the public name. */
function get({ port, ca }: { readonly port: number; readonly ca: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    request({
      host: "127.0.0.1",
      ...{ port, ca, servername: "example.org", headers: { host: "example.org" } },
      path: "/farpad/api/openapi.json",
    }, async (answer) => {
      let text = "";
      for await (const part of answer) text += part;
      resolve(text);
    }).on("error", reject).end();
  });
}

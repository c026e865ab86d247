import { deepEqual, equal } from "node:assert/strict";
import { request } from "node:https";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { runCaddy } from "../../support/proxies/caddy.ts";
import { runNginx } from "../../support/proxies/nginx.ts";
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
    const { servers } = JSON.parse(
      await get({ port, ca: made.cert, host: "example.org", path: "/farpad/api/openapi.json" }),
    );
    deepEqual(servers, [{ url: "https://example.org/farpad" }]);
  });
});

const CADDY_SITES = [
  { host: "example.org", publicUrl: "https://example.org/" },
  { host: "other.example.org", publicUrl: "https://other.example.org/farpad/" },
];
for (const { host, publicUrl } of CADDY_SITES) {
  Deno.test(`[PXY5] the lines for Caddy in the operations page serve ${publicUrl}`, async () => {
    await withDataFolder(async (env) => {
      const page = await Deno.readTextFile(PAGE);
      const [port, target] = [await freePort(), await freePort()];
      const names = CADDY_SITES.map((site) => site.host);
      const made = await makeCertificate({ clock: systemClock, random: systemRandom }, names);
      const [cert, key] = [`${env.FARPAD_DATA}/cert.pem`, `${env.FARPAD_DATA}/key.pem`];
      await Deno.writeTextFile(cert, made.cert);
      await Deno.writeTextFile(key, made.key);
      const lines = /```caddy\n(.*?)```/s.exec(page)![1]!
        .replaceAll("127.0.0.1:8000", `127.0.0.1:${target}`)
        .replaceAll(/^(\S+example\.org|example\.org) \{$/gm, `$1:${port} {\n  tls ${cert} ${key}`);
      const started = await startCoordinator({
        ...env,
        FARPAD_PORT: `${target}`,
        FARPAD_PUBLIC_URL: publicUrl,
        FARPAD_TRUSTED_PROXIES: "loopback",
      });
      if ("code" in started) throw new Error(started.output);
      await using _coordinator = started;
      await using _caddy = await runCaddy(lines, port);
      const { origin, pathname } = new URL(publicUrl);
      const site = { port, ca: made.cert, host };
      const { servers } = JSON.parse(await get({ ...site, path: `${pathname}api/openapi.json` }));
      deepEqual(servers, [{ url: `${origin}${pathname.replace(/\/$/, "")}` }]);
      equal(await upgrade({ ...site, path: `${pathname}ws`, origin }), 101);
      equal(await upgrade({ ...site, path: `${pathname}ws`, origin: "https://evil.test" }), 403);
    });
  });
}

interface Site {
  readonly port: number;
  readonly ca: string;
  readonly host: string;
  readonly path: string;
}

const optionsOf = ({ host, ...rest }: Site) => ({
  ...rest,
  ...{ host: "127.0.0.1", servername: host },
});

/** The text of a page, asked for by the public name. */
function get(site: Site): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ ...optionsOf(site), headers: { host: site.host } }, async (answer) => {
      let text = "";
      for await (const part of answer) text += part;
      resolve(text);
    }).on("error", reject).end();
  });
}

/** The HTTP status of a request to open a WebSocket. */
function upgrade({ origin, ...site }: Site & { readonly origin: string }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = {
    ...{ host: site.host, origin, connection: "Upgrade", upgrade: "websocket" },
    ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  };
  const asked = request({ ...optionsOf(site), headers });
  asked.on("upgrade", ({ statusCode = 0 }, socket) => {
    socket.destroy();
    resolve(statusCode);
  });
  asked.on("response", (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  asked.on("error", reject);
  asked.end();
  return promise;
}

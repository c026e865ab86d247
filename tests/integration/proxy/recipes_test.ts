import { equal, match } from "node:assert/strict";
import { request } from "node:http";
import { toUser } from "../../../protocol/legs/user_leg.ts";
import { readEnrollment } from "../../../protocol/field/enrollment.ts";
import { startCoordinator, withDataFolder } from "../../support/coordinator/process.ts";
import { Dialled } from "../../support/coordinator/served.ts";
import { proxyLines, startNginx } from "../../support/proxies/nginx.ts";
import { freePort } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

/** One recipe: nginx's configuration, the coordinator's settings, and the host that browsers use. */
interface Recipe {
  readonly name: string;
  /** The path that people open, with a slash at its end. */
  readonly path: string;
  /** The lines within nginx's `server`, for a coordinator at `target`. */
  readonly config: (target: string) => string;
  readonly host?: string;
  /** The coordinator's settings, for the public URL. */
  readonly env?: (publicUrl: string) => Record<string, string>;
}

const at = (location: string, lines: string) => `location ${location} {\n${lines}\n}`;
const PUBLIC = (url: string) => ({ FARPAD_PUBLIC_URL: url });

const RECIPES: readonly Recipe[] = [
  {
    name: "the root path, Host $http_host, without any setting",
    path: "/",
    config: (target) => at("/", proxyLines(target, "$http_host")),
  },
  {
    name: "the root path, Host $host, a trusted proxy",
    path: "/",
    host: "play.test",
    config: (target) => at("/", proxyLines(target, "$host")),
    env: (url) => ({ ...PUBLIC(url), FARPAD_TRUSTED_PROXIES: "loopback" }),
  },
  {
    name: "the root path, no Host line",
    path: "/",
    host: "play.test",
    config: (target) => at("/", proxyLines(target, undefined)),
    env: PUBLIC,
  },
  {
    name: "an IPv6 address, Host $host",
    path: "/",
    host: "[::1]",
    config: (target) => at("/", proxyLines(target, "$host")),
    env: PUBLIC,
  },
  {
    name: "a path that nginx takes away",
    path: "/farpad/",
    host: "play.test",
    config: (target) => at("/farpad/", proxyLines(`${target}/`, "$host")),
    env: PUBLIC,
  },
  {
    name: "a path that nginx passes on",
    path: "/farpad/",
    host: "PLAY.test",
    config: (target) => at("/farpad/", proxyLines(target, "$http_host")),
    env: PUBLIC,
  },
  {
    name: "a path told by a trusted proxy alone",
    path: "/farpad/",
    config: (target) =>
      at(
        "/farpad/",
        proxyLines(`${target}/`, "$http_host") + "\nproxy_set_header X-Forwarded-Prefix /farpad;",
      ),
    env: () => ({ FARPAD_TRUSTED_PROXIES: "127.0.0.1" }),
  },
];

for (const recipe of RECIPES) {
  Deno.test(`[PXY5] behind nginx: ${recipe.name}`, async () => {
    await withDataFolder(async (folder) => {
      const { path, host = "127.0.0.1" } = recipe;
      const [port, target] = [await freePort(), await freePort()];
      const publicUrl = `http://${host}:${port}${path}`;
      const web = await webFolder(folder.FARPAD_DATA!);
      const started = await startCoordinator({
        ...folder,
        FARPAD_PORT: String(target),
        FARPAD_WEB: web,
        ...recipe.env?.(publicUrl),
      });
      if ("code" in started) throw new Error(started.output);
      await using coordinator = started;
      await using _nginx = await startNginx([
        { port, config: recipe.config(`http://127.0.0.1:${target}`) },
      ]);
      const client = new Client({ host, port, path });

      const page = await client.get("");
      equal(page.status, 200);
      const script = /src="([^"]+)"/.exec(page.text)![1]!;
      equal((await client.getAt(script)).text, "script");
      equal((await client.getAt(`${path}play/x`)).status, 200);

      const origin = new URL(publicUrl).origin;
      const leg = client.dial("ws", origin);
      const refused = await Promise.race([leg.opened, leg.closed]);
      equal(refused, undefined, JSON.stringify(refused));
      leg.hangUp();
      equal((await client.dial("ws", "http://evil.test").closed).code, 403);

      const { servers } = JSON.parse((await client.get("api/openapi.json")).text);
      equal(servers[0].url, `${origin}${path.replace(/\/$/, "")}`);

      const setup = /#token=(\S+)/.exec(coordinator.output())![1]!;
      const body = {
        token: setup,
        email: "ada@farpad.test",
        name: "Ada",
        password: "correct horse",
      };
      const signedIn = await client.post("api/auth/setup", body);
      match(signedIn.cookie, new RegExp(`; Path=${path}(;|$)`));
      const { token } = JSON.parse(signedIn.text);
      const made = await client.post("api/senders", { name: "box" }, token);
      const { url } = readEnrollment(JSON.parse(made.text).qr_text)!;
      equal(url, `${origin.replace("http", "ws")}${path}agent/ws`);
    });
  });
}

Deno.test("[PXY5] the set-up link at the start is below the public URL", async () => {
  await withDataFolder(async (folder) => {
    const started = await startCoordinator({
      ...folder,
      FARPAD_PUBLIC_URL: "https://play.test/farpad",
    });
    if ("code" in started) throw new Error(started.output);
    await using coordinator = started;
    equal(coordinator.url, "https://play.test/farpad");
    const waited = performance.now() + PATIENCE;
    while (!coordinator.output().includes("#token=") && performance.now() < waited) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    match(coordinator.output(), /https:\/\/play\.test\/farpad\/operator\/setup#token=\S+/);
  });
});

/** A folder of pages as the build makes them, with one script. */
async function webFolder(data: string): Promise<string> {
  const web = `${data}/web`;
  await Deno.mkdir(`${web}/assets`, { recursive: true });
  await Deno.writeTextFile(
    `${web}/index.html`,
    '<!doctype html><html lang="en"><script src="/assets/a.js"></script></html>',
  );
  await Deno.writeTextFile(`${web}/assets/a.js`, "script");
  return web;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
}

/** A client of nginx that acts as a browser at the public URL, without resolving its name. */
class Client {
  readonly #host: string;
  readonly #port: number;
  readonly #path: string;

  constructor({ host, port, path }: { host: string; port: number; path: string }) {
    this.#host = host;
    this.#port = port;
    this.#path = path;
  }

  get(below: string): Promise<Answer> {
    return this.getAt(this.#path + below);
  }

  getAt(path: string): Promise<Answer> {
    return this.#ask(path, { method: "GET" });
  }

  post(below: string, body: unknown, token?: string): Promise<Answer> {
    const headers = {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return this.#ask(this.#path + below, { method: "POST", headers, body: JSON.stringify(body) });
  }

  dial(below: string, origin: string) {
    const url = `ws://${this.#address()}:${this.#port}${this.#path}${below}`;
    return new Dialled(url, toUser.decode, { origin, headers: { host: this.#hostHeader() } });
  }

  #ask(
    path: string,
    { body, ...options }: { method: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const asked = request({
      host: this.#address().replace(/^\[|\]$/g, ""),
      port: this.#port,
      path,
      ...options,
      headers: { ...options.headers, host: this.#hostHeader() },
    }, (response) => {
      const parts: string[] = [];
      response.setEncoding("utf8");
      response.on("data", (part: string) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text: parts.join(""),
          cookie: response.headers["set-cookie"]?.[0] ?? "",
        }));
    });
    asked.on("error", reject);
    asked.end(body);
    return promise;
  }

  #address(): string {
    return this.#host === "[::1]" ? "[::1]" : "127.0.0.1";
  }

  #hostHeader(): string {
    return `${this.#host}:${this.#port}`;
  }
}

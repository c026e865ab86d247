import { deepEqual, equal, match, ok } from "node:assert/strict";
import { registerServiceWorker } from "../../../../web/play/install/service_worker.ts";

const script = await Deno.readTextFile(
  new URL("../../../../web/public/sw.js", import.meta.url),
);

type Fetch = (request: { url: string }) => Promise<Response>;
interface Asked {
  readonly url: string;
  readonly mode?: string;
  readonly method?: string;
  readonly preload?: Promise<Response | undefined>;
}

/** The service worker at a base path, in front of a server. */
function worker({ base = "/", server }: { base?: string; server: Fetch }) {
  const listeners = new Map<string, (event: unknown) => void>();
  const calls: string[] = [];
  const self = {
    addEventListener: (type: string, listener: (event: unknown) => void) =>
      listeners.set(type, listener),
    skipWaiting: () => calls.push("skipWaiting"),
    clients: { claim: () => calls.push("claim") },
    registration: {
      scope: `https://farpad.example${base}`,
      navigationPreload: { enable: () => calls.push("preload") },
    },
  };
  const caches = new Proxy({}, {
    get: () => {
      throw new Error("the service worker keeps something");
    },
  });
  new Function("self", "fetch", "caches", script)(self, server, caches);
  return {
    calls,
    emit: (type: string, event: object = {}) =>
      listeners.get(type)!({ waitUntil: () => {}, ...event }),
    /** The response, or `undefined` where the worker leaves the request to the browser. */
    ask({ url, mode = "navigate", method = "GET", preload }: Asked) {
      let response: Promise<Response> | undefined;
      listeners.get("fetch")!({
        request: { url: `https://farpad.example${url}`, mode, method },
        preloadResponse: preload ?? Promise.resolve(undefined),
        respondWith: (answer: Promise<Response>) => (response = answer),
      });
      return response;
    },
  };
}

const down: Fetch = () => Promise.reject(new TypeError("Failed to fetch"));

Deno.test("[APP2] pages come from the server, after an update the new ones", async () => {
  let version = 1;
  const { ask } = worker({ server: () => Promise.resolve(new Response(`version ${version}`)) });
  equal(await (await ask({ url: "/" }))!.text(), "version 1");
  version = 2;
  for (
    const url of ["/", "/play/paddle-duel?seat=1", "/room/room_1", "/check", "/operator/rooms"]
  ) {
    equal(await (await ask({ url }))!.text(), "version 2");
  }
  const preload = Promise.resolve(new Response("version 3"));
  equal(await (await ask({ url: "/", preload }))!.text(), "version 3");
});

Deno.test("[APP2] a newer service worker takes over at once, and the browser asks for pages meanwhile", () => {
  const { emit, calls } = worker({ server: down });
  const routes: unknown[] = [];
  emit("install", { addRoutes: (route: unknown) => routes.push(route) });
  emit("activate");
  deepEqual(calls, ["skipWaiting", "preload", "claim"]);
  deepEqual(routes, [{ condition: { not: { requestMode: "navigate" } }, source: "network" }]);
  worker({ server: down }).emit("install");
});

Deno.test("[APP1] a page whose server cannot be reached is one that says so, under a policy of its own", async () => {
  const { ask } = worker({ server: down });
  const failed = () => Promise.reject(new TypeError("Failed to fetch"));
  for (const preload of [() => Promise.resolve(undefined), failed]) {
    const response = (await ask({ url: "/play/x", preload: preload() }))!;
    equal(response.status, 503);
    equal(response.headers.get("cross-origin-embedder-policy"), "require-corp");
    const policy = response.headers.get("content-security-policy") ?? "";
    match(policy, /^default-src 'none'; style-src 'sha256-/);
    ok(!policy.includes("unsafe"));
    const html = await response.text();
    match(html, /No connection to Farpad/);
    for (const tag of ["style", "script"]) {
      const text = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(html)![1]!;
      const digest = new Uint8Array(
        await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
      );
      ok(policy.includes(btoa(String.fromCharCode(...digest))), tag);
    }
  }
});

const untouched: readonly Asked[] = [
  { url: "/api/recordings/1/file" },
  { url: "/apiary" },
  { url: "/whep/x" },
  { url: "/whip/x" },
  { url: "/ws" },
  { url: "/assets/main-1a2b.js", mode: "no-cors" },
  { url: "/play/x", mode: "cors" },
  { url: "/operator", method: "POST" },
  { url: "/sw.js" },
];
for (const asked of untouched) {
  const { url, mode = "navigate", method = "GET" } = asked;
  Deno.test(`[APP1] the service worker leaves ${method} ${url} (${mode}) to the browser`, () => {
    equal(worker({ server: down }).ask(asked), undefined);
  });
}

Deno.test("[APP1] below a base path only its own pages are answered", async () => {
  const { ask } = worker({ base: "/farpad/", server: down });
  equal((await ask({ url: "/farpad/" }))!.status, 503);
  equal((await ask({ url: "/farpad/room/room_1" }))!.status, 503);
  for (const url of ["/", "/farpadx/", "/other/play/x", "/farpad/api/apps"]) {
    equal(ask({ url }), undefined, url);
  }
});

Deno.test("[APP1] it is registered by HTTPS and on the machine itself alone; a refusal is a warning", async () => {
  const registered: unknown[] = [];
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const register = (...args: unknown[]) => Promise.resolve(registered.push(args));
  await registerServiceWorker(
    { isSecureContext: false, navigator: { serviceWorker: { register } } },
    warn,
  );
  await registerServiceWorker({ isSecureContext: true, navigator: {} }, warn);
  deepEqual(registered, []);
  await registerServiceWorker(
    { isSecureContext: true, navigator: { serviceWorker: { register } } },
    warn,
  );
  deepEqual(registered, [["/sw.js", { updateViaCache: "none" }]]);
  const refuse = () => Promise.reject(new Error("not here"));
  await registerServiceWorker(
    { isSecureContext: true, navigator: { serviceWorker: { register: refuse } } },
    warn,
  );
  deepEqual(warnings, ["Cannot make the pages an app to install: not here"]);
});

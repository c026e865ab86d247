import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Hono } from "hono";
import type { Page } from "playwright-core";
import type { AppEnv } from "../../coordinator/routes/app_env.ts";
import { securityHeaders } from "../../coordinator/routes/http/security_headers.ts";
import { staticRoutes } from "../../coordinator/routes/http/static.ts";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";

const PUBLIC = new URL("../../web/public/", import.meta.url).pathname;
const BASE = "/farpad";

/** A folder of pages in versions, below a base path, on a port that is kept while the server is down. */
async function startVersions() {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/assets`);
  for (const file of ["sw.js", "manifest.webmanifest", "farpad.svg"]) {
    await Deno.copyFile(PUBLIC + file, `${folder}/${file}`);
  }
  const app = new Hono<AppEnv>().use(securityHeaders({ workers: () => [] }))
    .route("/", staticRoutes(folder));
  let port = 0;
  let stop: () => Promise<void> = () => Promise.resolve();
  const up = () => {
    const ending = new AbortController();
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      signal: ending.signal,
      onListen: ({ port: taken }) => void (port = taken),
    }, (request) => {
      const url = new URL(request.url);
      if (!url.pathname.startsWith(`${BASE}/`)) return new Response("not ours", { status: 404 });
      url.pathname = url.pathname.slice(BASE.length);
      return app.fetch(new Request(url, request), {
        address: "127.0.0.1",
        secure: false,
        passedOn: true,
        publicAddress: { origin: url.origin, base: BASE },
      });
    });
    stop = () => {
      ending.abort();
      return server.finished;
    };
  };
  up();
  return {
    folder,
    url: () => `http://127.0.0.1:${port}${BASE}/`,
    up,
    down: () => stop(),
    async publish(version: number) {
      await Deno.writeTextFile(
        `${folder}/assets/main-${version}.js`,
        `document.title = "version ${version}";
        navigator.serviceWorker.register(document.documentElement.dataset.base + "/sw.js", { updateViaCache: "none" });`,
      );
      await Deno.writeTextFile(
        `${folder}/index.html`,
        `<!doctype html><html lang="en"><title>-</title><link rel="manifest" href="/manifest.webmanifest"><script type="module" src="/assets/main-${version}.js"></script></html>`,
      );
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const titled = (page: Page, title: string) =>
  page.waitForFunction((wanted) => document.title === wanted, title);

Deno.test("[APP1] [APP2] an updated server is shown at once, one that is down by a page that returns by itself", async () => {
  await using site = await startVersions();
  await site.publish(1);
  const browser = await launchChromium();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(site.url());
    await titled(page, "version 1");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

    await site.publish(2);
    await page.reload();
    await titled(page, "version 2");

    const changed = page.evaluate(() =>
      new Promise((resolve) => {
        navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true));
      })
    );
    await Deno.writeTextFile(`${site.folder}/sw.js`, "// A newer one.\n", { append: true });
    await page.evaluate(async () => void await (await navigator.serviceWorker.ready).update());
    equal(await changed, true);
    equal(await page.evaluate(async () => (await caches.keys()).length), 0);

    await site.down();
    await page.goto(`${site.url()}play/paddle-duel`);
    match(await page.innerText("h1"), /No connection to Farpad/);
    // Its style and its script are allowed by the policy that it brings.
    equal(
      await page.evaluate(() => getComputedStyle(document.querySelector("main")!).maxWidth),
      "480px",
    );
    deepEqual(await findFaults(page), []);
    const other = await page.context().newPage();
    const refused = other.goto(`${site.url()}api/apps`).then(() => false, () => true);
    ok(await refused, "the service worker answered for REST");
    site.up();
    await titled(page, "version 2");
  } finally {
    await browser.close();
  }
});

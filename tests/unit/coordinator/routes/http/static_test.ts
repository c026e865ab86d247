import { deepEqual, equal, match, ok } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { staticRoutes } from "../../../../../coordinator/routes/http/static.ts";

const script = "console.log('a script that is long enough to be compressed');\n".repeat(40);

const folder = await Deno.makeTempDir();
await Deno.mkdir(`${folder}/dist/assets`, { recursive: true });
await Deno.writeTextFile(`${folder}/dist/index.html`, "<!doctype html>the player");
await Deno.writeTextFile(`${folder}/dist/operator.html`, "<!doctype html>the operator");
await Deno.writeTextFile(`${folder}/dist/favicon.svg`, "<svg/>");
await Deno.writeTextFile(`${folder}/dist/assets/main-1a2b.js`, script);
await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const app = staticRoutes(`${folder}/dist`);
function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  return Promise.resolve(app.request(path, { method, headers }, { address: "127.0.0.1" }));
}

const pages: readonly [string, string][] = [
  ["/", "the player"],
  ["/?room=room_1", "the player"],
  ["/play/paddle-duel", "the player"],
  ["/room/room_1", "the player"],
  ["/operator", "the operator"],
  ["/operator/senders/box-7", "the operator"],
];
for (const [path, page] of pages) {
  Deno.test(`[WEB1] ${path} serves ${page}`, async () => {
    const answer = await get(path);
    equal(answer.status, 200);
    equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    match(await answer.text(), new RegExp(page));
  });
}

Deno.test("[WEB2] a file named after its content may be cached without asking again", async () => {
  const answer = await get("/assets/main-1a2b.js");
  equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  equal(answer.headers.get("content-type"), "text/javascript; charset=utf-8");
  equal(await answer.text(), script);
});

Deno.test("[WEB2] a page is revalidated, and an unchanged one is answered without a body", async () => {
  const first = await get("/");
  equal(first.headers.get("cache-control"), "no-cache");
  const etag = first.headers.get("etag") ?? "";
  const second = await get("/", { "if-none-match": etag });
  equal(second.status, 304);
  equal(await second.text(), "");
  equal((await get("/", { "if-none-match": '"other"' })).status, 200);
});

Deno.test("[WEB2] a page that was built again has another entity tag", async () => {
  const before = (await get("/favicon.svg")).headers.get("etag");
  await Deno.writeTextFile(`${folder}/dist/favicon.svg`, "<svg><g/></svg>");
  const after = await get("/favicon.svg");
  ok(before && before !== after.headers.get("etag"));
  equal(await after.text(), "<svg><g/></svg>");
});

Deno.test("[WEB3] text is compressed for clients that accept it, with a Vary header for caches", async () => {
  const answer = await get("/assets/main-1a2b.js", { "accept-encoding": "br, gzip" });
  equal(answer.headers.get("content-encoding"), "gzip");
  equal(answer.headers.get("vary"), "accept-encoding");
  const body = new Uint8Array(await answer.arrayBuffer());
  equal(answer.headers.get("content-length"), String(body.length));
  ok(body.length < script.length / 2);
  equal(gunzipSync(body).toString(), script);
});

Deno.test("[WEB3] a small file is sent uncompressed", async () => {
  const answer = await get("/", { "accept-encoding": "gzip" });
  equal(answer.headers.get("content-encoding"), null);
});

Deno.test("[WEB1] HEAD has the same headers and no body", async () => {
  const answer = await get("/assets/main-1a2b.js", {}, "HEAD");
  equal(answer.status, 200);
  equal(answer.headers.get("content-length"), String(script.length));
  equal(await answer.text(), "");
});

const outside = [
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/..%2f..%2f..%2fetc%2fpasswd",
  "/..%5csecret.txt",
  "/%00",
  "/index.html%00.js",
  "/%",
  "/assets",
  "/assets/",
  "//etc/passwd",
];
for (const path of outside) {
  Deno.test(`[WEB4] ${path} is not served`, async () => {
    const answer = await get(path);
    equal(answer.status, 404);
    const text = await answer.text();
    match(text, /There is no such page\. Check its address\./);
    ok(!text.includes("secret"));
  });
}

Deno.test("[WEB6] without a build the page says how to build it", async () => {
  const answer = await staticRoutes(`${folder}/nothing`).request("/");
  equal(answer.status, 503);
  match(await answer.text(), /npm start/);
  equal(answer.headers.get("cache-control"), "no-store");
});

Deno.test("[WEB6] a missing script is answered with 404 and not with a page", async () => {
  const answer = await get("/assets/gone-9f9f.js");
  deepEqual([answer.status, answer.headers.get("cache-control")], [404, null]);
});

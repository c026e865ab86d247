import { deepEqual, equal, rejects } from "node:assert/strict";
import { createReachableFetch } from "../../../coordinator/adapters/reachable_fetch.ts";

/** A server on loopback that is known by a name of the test; it reports what came. */
async function withServer(
  use: (
    scene: { port: number; resolved: string[]; fetch: ReturnType<typeof createReachableFetch> },
  ) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/away") return Response.redirect("http://127.0.0.1:9/secret");
    if (pathname === "/long") return new Response("x".repeat(2 * 1024 * 1024));
    return Response.json({
      host: request.headers.get("host"),
      method: request.method,
      body: await request.text(),
    });
  });
  const resolved: string[] = [];
  const fetch = createReachableFetch({
    resolve: (name) => {
      resolved.push(name);
      return Promise.resolve(name === "login.example" ? ["127.0.0.1"] : []);
    },
    allowed: ["login.example"],
  });
  try {
    await use({ port: server.addr.port, resolved, fetch });
  } finally {
    await server.shutdown();
  }
}

Deno.test("[SSO9] a request goes to the addresses that were checked; the name is resolved once", async () => {
  await withServer(async ({ port, resolved, fetch }) => {
    const url = `http://login.example:${port}/token?a=1`;
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ code: "c" }) });
    equal(answer.status, 200);
    const wanted = { host: `login.example:${port}`, method: "POST", body: "code=c" };
    deepEqual(await answer.json(), wanted);
    deepEqual(resolved, ["login.example"]);
  });
});

Deno.test("[SSO9] hosts inside, odd addresses and long answers are refused, and no redirect is followed", async () => {
  await withServer(async ({ port, fetch }) => {
    await rejects(fetch(`http://127.0.0.1:${port}/`, {}), /inside a private network/);
    await rejects(fetch(`http://user@login.example:${port}/`, {}), /user name/);
    await rejects(fetch("http://unknown.example/", {}), /does not resolve/);
    await rejects(fetch(`http://login.example:${port}/long`, {}), /longer than/);
    const moved = await fetch(`http://login.example:${port}/away`, {});
    deepEqual([moved.status, moved.headers.get("location")], [302, "http://127.0.0.1:9/secret"]);
  });
});

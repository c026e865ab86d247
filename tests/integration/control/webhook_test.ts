/**
 * Posts over real sockets: only a checked address is dialled, and the name counts for `Host` and the certificate.
 *
 * @module
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { createPost } from "../../../coordinator/adapters/http_post.ts";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { readHttp } from "../../../protocol/addresses/http.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { FakeClock } from "../../fakes/clock.ts";

const ports = { clock: systemClock, random: systemRandom };

function serve(tls: { cert?: string; key?: string } = {}) {
  const seen: (string | null)[][] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...tls } as Deno.ServeTcpOptions,
    async (request) => {
      const { pathname, search } = new URL(request.url);
      seen.push([request.headers.get("host"), pathname + search, await request.text()]);
      if (pathname === "/moved") return Response.redirect("http://127.0.0.1:1/", 307);
      return new Response("a body", { status: 202 });
    },
  );
  return {
    port: (server.addr as Deno.NetAddr).port,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function target(url: string, reachable: readonly string[] = ["127.0.0.1"]) {
  const address = readHttp(url);
  if ("error" in address) throw new Error(address.error);
  return { address, reachable };
}

const hello = { headers: { "content-type": "application/json" }, body: '"hällo"' };
const faultOf = (posting: Promise<number>) => posting.then(String, ({ message }) => message);

Deno.test("[URL5] a webhook is dialled at the checked address, by a name that leads nowhere", async () => {
  await using server = serve();
  const { port } = server;
  const post = createPost(systemClock);
  equal(await post(target(`http://hook.invalid:${port}/a?b=1`), hello), 202);
  deepEqual(server.seen, [[`hook.invalid:${port}`, "/a?b=1", '"hällo"']]);
});

Deno.test("[URL5] over HTTPS the certificate has to be for the name", async () => {
  const { cert, key } = await makeCertificate(ports, ["hook.invalid"]);
  await using server = serve({ cert, key });
  const post = createPost(systemClock, { caCerts: [cert] });
  equal(await post(target(`https://hook.invalid:${server.port}/`), hello), 202);
  match(await faultOf(post(target(`https://other.invalid:${server.port}/`), hello)), /certificate/);
  const usual = createPost(systemClock);
  match(await faultOf(usual(target(`https://hook.invalid:${server.port}/`), hello)), /certificate/);
  equal(server.seen.length, 1);
});

Deno.test("[URL5] a redirect is not followed, and a second address is dialled when the first does not answer", async () => {
  await using server = serve();
  const post = createPost(systemClock);
  equal(await post(target(`http://hook.invalid:${server.port}/moved`), hello), 307);
  const both = ["127.0.0.2", "127.0.0.1"];
  equal(await post(target(`http://hook.invalid:${server.port}/`, both), hello), 202);
});

Deno.test("[URL5] an answer that is not HTTP, and none at all, is a fault within the time limit", async () => {
  const clock = new FakeClock();
  const post = createPost(clock);
  for (const answer of ["SSH-2.0-OpenSSH\r\n", "", "HTTP/1.1 2"]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const posting = faultOf(post(target(`http://hook.invalid:${port}/`), hello));
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1024));
    await connection.write(new TextEncoder().encode(answer));
    connection.closeWrite();
    match(await posting, /its answer is not HTTP/);
  }
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  const posting = faultOf(post(target(`http://hook.invalid:${port}/`), hello));
  using _connection = await silent.accept();
  clock.advance(5_000);
  match(await posting, /longer than 5 s/);
});

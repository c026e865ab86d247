import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { download } from "../../../../agent/update/download.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const CONTENT = new TextEncoder().encode("console.log('a new agent');\n");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const WANTED = { url: "https://releases.example.org/SECRET-PATH", sha256: SHA256 };

async function fetched(wanted: Parameters<typeof download>[0], response: () => Response) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/deep/farpad-agent.js`;
  const clock = new FakeClock();
  const { error } = await download(wanted, {
    path,
    clock,
    fetch: () => Promise.resolve(response()),
  });
  const found = await Deno.readFile(path).catch(() => undefined);
  const left = (await Array.fromAsync(Deno.readDir(`${folder}/deep`))).map(({ name }) => name);
  await Deno.remove(folder, { recursive: true });
  equal(clock.pending, 0);
  return { error, found, left };
}

Deno.test("[UPD11] a download of the right size and hash is kept", async () => {
  const wanted = { ...WANTED, sha256: SHA256.toUpperCase(), size: CONTENT.length };
  const { error, found } = await fetched(wanted, () => new Response(CONTENT));
  equal(error, undefined);
  deepEqual(found, CONTENT);
});

Deno.test("[UPD12] any other download leaves no file behind and names the fault", async () => {
  const long = () => new Response(new Uint8Array(1_000));
  const endless = () =>
    new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(100)) }));
  const reported = () => new Response(CONTENT, { headers: { "content-length": "99999999999" } });
  const cases: [typeof WANTED & { size?: number }, () => Response, RegExp][] = [
    [WANTED, long, /its SHA-256 is/],
    [{ ...WANTED, size: 10 }, () => new Response(CONTENT), /more than 10 bytes/],
    [{ ...WANTED, size: 500 }, endless, /more than 500 bytes/],
    [{ ...WANTED, size: 5_000 }, () => new Response(CONTENT), /has 28 bytes, not 5000/],
    [WANTED, reported, /99999999999 bytes where/],
    [WANTED, () => new Response("gone", { status: 404 }), /answered 404/],
    [WANTED, () => {
      throw new TypeError("connection refused");
    }, /connection refused/],
  ];
  for (const [wanted, response, words] of cases) {
    const { error, left } = await fetched(wanted, response);
    match(error ?? "", words);
    deepEqual(left, [], String(words));
  }
});

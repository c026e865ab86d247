import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { PAUSES, REQUESTS, s3Store, TRY_LIMIT } from "../../../../worker/saves/s3/store.ts";
import { readList } from "../../../../worker/saves/s3/list.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const SECRET = "a secret that nobody reads";
type Answer = (request: Request) => Response | Promise<Response>;

function setup(...answers: Answer[]) {
  const clock = new FakeClock();
  const requests: Request[] = [];
  const store = s3Store({
    clock,
    endpoint: "https://s3.example.org/",
    bucket: "saves",
    region: "here",
    accessKey: "key",
    secretKey: SECRET,
    fetch: async (request) => {
      requests.push(request);
      request.signal.throwIfAborted();
      const answer = answers[Math.min(requests.length, answers.length) - 1]!;
      return await Promise.race([
        answer(request),
        new Promise<never>((_, reject) =>
          request.signal.addEventListener("abort", () => reject(new Error("aborted")))
        ),
      ]);
    },
  });
  return { clock, requests, store };
}

const slow = (clock: FakeClock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));

/** Sends ten parts of `size` bytes, each after `pause` milliseconds. */
function parts(
  clock: () => FakeClock,
  { pause, size }: { readonly pause: number; readonly size: number },
): Answer {
  return ({ signal }) => {
    let left = 10;
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("aborted")))
    );
    stopped.catch(() => {});
    return new Response(
      new ReadableStream({
        async pull(controller) {
          if (left-- === 0) return controller.close();
          await Promise.race([slow(clock(), pause), stopped]);
          controller.enqueue(new Uint8Array(size));
        },
      }, { highWaterMark: 0 }),
    );
  };
}

/** Sends bytes at once, and nothing more. */
function begun(bytes: Uint8Array): Answer {
  return ({ signal }) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes);
          signal.addEventListener("abort", () => controller.error(new Error("aborted")));
        },
      }),
    );
}

const status = (code: number, text = ""): Answer => () => new Response(text, { status: code });
const silent: Answer = () => new Promise(() => {});
const broken: Answer = () => Promise.reject(new TypeError("connection reset"));

/** Waits for requests, which are signed outside of this clock. */
async function sent(requests: readonly Request[], count: number): Promise<void> {
  while (requests.length < count) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** The outcome of a promise, while time passes. */
async function outcome(clock: FakeClock, promise: Promise<unknown>): Promise<unknown> {
  let settled: { readonly value: unknown } | undefined;
  promise.then((value) => (settled = { value }), (error) => (settled = { value: error.message }));
  for (let n = 0; n < 700 && !settled; n++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await clock.run(50);
  }
  return settled?.value;
}

Deno.test("[SAV12] a request is signed, and holds no secret", async () => {
  const { clock, requests, store } = setup(status(200));
  await outcome(clock, store.put("usr_ana/duel/rooms/room_1~2.save", Uint8Array.of(1)));
  const [{ url, headers, method }] = requests as [Request];
  equal(method, "PUT");
  equal(url, "https://s3.example.org/saves/usr_ana/duel/rooms/room_1~2.save");
  match(headers.get("authorization") ?? "", /^AWS4-HMAC-SHA256 Credential=key\//);
  equal([...headers].flat().join(" ").includes(SECRET), false);
});

Deno.test("[SAV15] a key that leaves its folder is refused before anything is sent", async () => {
  const { requests, store } = setup(status(200));
  for (const key of ["usr_ana/../usr_eve/1.save", "../other/k", "a/./b", "a//b", "/a", "a/"]) {
    await rejects(store.get(key), /no key of a save/);
    await rejects(store.put(key, Uint8Array.of(1)), /no key of a save/);
    await rejects(store.remove(key), /no key of a save/);
  }
  equal(requests.length, 0);
});

Deno.test("[SAV13] a fault of the service is tried again, three times in all, and a refusal is not", async () => {
  const mended = setup(status(503), broken, status(200));
  equal(await outcome(mended.clock, mended.store.put("a/b/c", Uint8Array.of(1))), undefined);
  equal(mended.requests.length, PAUSES.length + 1);
  const down = setup(status(500, "<Error><Code>InternalError</Code></Error>"));
  equal(
    await outcome(down.clock, down.store.put("a/b/c", Uint8Array.of(1))),
    "The store of saves at s3.example.org refused (500 InternalError)",
  );
  equal(down.requests.length, 3);
  const denied = setup(status(403, "<Error><Code>AccessDenied</Code></Error>"));
  match(String(await outcome(denied.clock, denied.store.get("a/b/c"))), /403 AccessDenied/);
  equal(denied.requests.length, 1);
});

Deno.test("[SAV13] a service that is silent, away or breaks off is named in words", async () => {
  const slow = setup(silent);
  equal(
    await outcome(slow.clock, slow.store.get("a/b/c")),
    `The store of saves at s3.example.org did not answer within ${TRY_LIMIT / 1_000} s`,
  );
  const away = setup(broken);
  match(String(await outcome(away.clock, away.store.list("a/"))), /cannot be reached/);
  const breaks: Answer = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(Uint8Array.of(1));
          controller.error(new Error("reset"));
        },
      }),
    );
  const cut = setup(breaks);
  match(String(await outcome(cut.clock, cut.store.get("a/b/c"))), /in the middle/);
});

Deno.test("[SAV13] a large save has time on a slow link, there and back", async () => {
  const bytes = new Uint8Array(1_000_000);
  const needed = TRY_LIMIT + 4_000;
  const up = setup(() => slow(up.clock, needed - 1).then(() => new Response()));
  const put = up.store.put("a/b/c", bytes);
  await sent(up.requests, 1);
  equal(await outcome(up.clock, put), undefined);
  equal(up.requests.length, 1);
  const small = setup(() => slow(small.clock, needed - 1).then(() => new Response()));
  match(
    String(await outcome(small.clock, small.store.put("a/b/c", Uint8Array.of(1)))),
    /did not answer within 2\.5 s/,
  );

  const size = 100_000;
  const down = setup(parts(() => down.clock, { pause: 390, size }));
  const got = down.store.get("a/b/c");
  await sent(down.requests, 1);
  const read = await outcome(down.clock, got) as Uint8Array;
  equal(read.length, 10 * size);
  equal(down.requests.length, 1);
  equal(down.clock.pending, 0);
});

Deno.test("[SAV13] a service that sends a byte at a time holds its turn no longer than its bytes need", async () => {
  const { clock, store, requests } = setup(parts(() => clock, { pause: 400, size: 1 }));
  const began = clock.now();
  const got = store.get("a/b/c");
  await sent(requests, 1);
  match(String(await outcome(clock, got)), /did not answer within 2\.5 s/);
  const pauses = PAUSES.reduce((sum, pause) => sum + pause, 0);
  equal(clock.now() - began < 3 * (TRY_LIMIT + 100) + pauses + 200, true);
  equal(clock.pending <= 1, true);
});

Deno.test("[SAV13] a service that sends much at once and then nothing holds its turn no longer than a silent one", async () => {
  const { clock, store, requests } = setup(begun(new Uint8Array(20_000_000)));
  const began = clock.now();
  const got = store.get("a/b/c");
  await sent(requests, 1);
  match(String(await outcome(clock, got)), /sent nothing for 2\.5 s in the middle of an answer/);
  const pauses = PAUSES.reduce((sum, pause) => sum + pause, 0);
  ok(clock.now() - began < 3 * (TRY_LIMIT + 100) + pauses + 200);
  equal(requests.length, PAUSES.length + 1);
});

Deno.test("[SAV13] of a refusal without an end only its beginning is read", async () => {
  const part = new TextEncoder().encode("<Error><Code>AccessDenied</Code>".padEnd(10_000));
  let parts = 0;
  const { clock, store } = setup(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          parts += 1;
          controller.enqueue(part);
        },
      }),
      { status: 403 },
    )
  );
  match(String(await outcome(clock, store.get("a/b/c"))), /refused \(403 AccessDenied\)/);
  ok(parts < 10, `${parts} parts`);
});

Deno.test("[SAV13] a bucket that does not exist has no empty list", async () => {
  const { clock, store, requests } = setup(status(404, "<Error><Code>NoSuchBucket</Code></Error>"));
  equal(
    await outcome(clock, store.list("usr_ana/")),
    'There is no bucket "saves" at s3.example.org',
  );
  equal(requests.length, 1);
});

Deno.test("[SAV13] an answer that is shorter than it says is no file", async () => {
  const { clock, store } = setup(() =>
    new Response(Uint8Array.of(1, 2), { headers: { "content-length": "9" } })
  );
  match(String(await outcome(clock, store.get("a/b/c"))), /in the middle/);
});

Deno.test("[SAV13] so many requests wait, and a further one is refused at once", async () => {
  const { store, requests } = setup(silent);
  const all = Array.from(
    { length: REQUESTS.each + REQUESTS.waiting },
    () => store.get("a/b/c").catch(() => {}),
  );
  await rejects(store.get("a/b/c"), /too many saves wait/);
  equal(all.length, REQUESTS.each + REQUESTS.waiting);
  await sent(requests, REQUESTS.each);
});

Deno.test("[SAV39] a room with many requests at a slow service holds up no other room", async () => {
  const { store, requests } = setup(silent);
  for (let n = 0; n < 40; n++) void store.get("usr_ana/duel/1").catch(() => {});
  void store.forClient().get("usr_ben/duel/1").catch(() => {});
  await sent(requests, REQUESTS.each + 1);
  ok(requests.some(({ url }) => url.includes("usr_ben")));
});

Deno.test("[SAV14] a list has keys with entities, leaves out what is none, and names its next page", () => {
  const xml = "<ListBucketResult><IsTruncated>true</IsTruncated>" +
    "<NextContinuationToken>a&amp;b</NextContinuationToken>" +
    "<Contents><Key>usr_a&amp;b/&#x64;uel/1.save</Key><Size>3</Size></Contents>" +
    "<Contents><Key>x</Key><Size>-1</Size></Contents><Contents><Size>1</Size></Contents>" +
    "</ListBucketResult>";
  deepEqual(readList(xml), {
    files: [{ key: "usr_a&b/duel/1.save", size: 3 }],
    next: "a&b",
  });
  deepEqual(readList("no xml at all"), { files: [], next: undefined });
});

Deno.test("[SAV14] keys of other people in a list are left out", async () => {
  const { clock, store } = setup(status(
    200,
    "<ListBucketResult><Contents><Key>usr_eve/duel/1.save</Key><Size>1</Size></Contents></ListBucketResult>",
  ));
  deepEqual(await outcome(clock, store.list("usr_ana/")), []);
});

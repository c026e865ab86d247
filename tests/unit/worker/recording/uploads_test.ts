import { concat } from "../../../../protocol/bytes/concat.ts";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { isRefusal } from "../../../../protocol/envelope.ts";
import { AppId, RecordingId, RoomId, SenderId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { Recording } from "../../../../protocol/recording/recording.ts";
import { Recordings } from "../../../../worker/recording/recordings.ts";
import { UploadServer } from "../../../../worker/recording/device/upload_server.ts";
import { MOST_UPLOADS } from "../../../../worker/recording/device/uploads.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { encodeScene, probe, record } from "../../../support/media/recorded.ts";

const FILE = concat(record(encodeScene(3)));
const SHA = createHash("sha256").update(FILE).digest("hex");
const BASE = "http://worker";

async function setup({ space = 100_000_000 } = {}) {
  const data = await Deno.makeTempDir();
  const clock = new FakeClock();
  const open = (seed = 1) => {
    const recordings = new Recordings({
      ...{ clock, random: new SeededRandom(seed), folder: join(data, "recordings") },
      log: createLog({ clock, sink: () => {} }),
      limits: { space, days: 30, longest: 1 },
    });
    return { recordings, server: new UploadServer(clock, recordings.uploads) };
  };
  const about = (id: string): Recording => ({
    recording_id: RecordingId.parse(id),
    kind: "device",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("live-str_1"),
    title: "Camera",
    started_at: clock.epoch(),
  });
  return { data, clock, open, about };
}

type Opened = ReturnType<Awaited<ReturnType<typeof setup>>["open"]>;

/** Expects a file, and returns the address of it. */
async function expected(
  { recordings }: Opened,
  recording: Recording,
  { bytes = FILE.length, sha256 = SHA } = {},
): Promise<string> {
  const answer = await recordings.receive({ recording, bytes, sha256 }, BASE);
  ok(!isRefusal(answer) && answer.url !== undefined, JSON.stringify(answer));
  return answer.url.slice(BASE.length);
}

async function request(
  { server }: Opened,
  url: string,
  { method = "PATCH", offset, body = new Uint8Array(), length = body.length, pieces = [body] }: {
    readonly method?: string;
    readonly offset?: number;
    readonly body?: Uint8Array;
    readonly length?: number;
    readonly pieces?: readonly Uint8Array[];
  } = {},
): Promise<{ status: number; offset: number | undefined; text: string }> {
  const found = { status: 0, offset: undefined as number | undefined, text: "" };
  const response = {
    destroyed: false,
    writeHead(status: number, headers: Record<string, string>) {
      found.status = status;
      const at = headers["upload-offset"];
      found.offset = at === undefined ? undefined : Number(at);
    },
    end: (text = "") => void (found.text = text),
  };
  const message = {
    ...{ url, method },
    headers: {
      ...(offset !== undefined && { "upload-offset": String(offset) }),
      "content-length": String(length),
    },
    destroy() {},
    async *[Symbol.asyncIterator]() {
      yield* pieces;
    },
  };
  await server.answer(
    message as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  return found;
}

Deno.test("[FWD3] a forwarded file grows by parts, and becomes a recording that plays", async () => {
  const { data, open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  const url = await expected(worker, about("rec_1"));
  equal((await request(worker, url, { method: "HEAD" })).offset, 0);
  const half = Math.floor(FILE.length / 2);
  const first = await request(worker, url, { offset: 0, body: FILE.subarray(0, half) });
  deepEqual([first.status, first.offset], [204, half]);
  equal(worker.recordings.list.recordings.length, 0, "it is none before it is whole");
  const last = await request(worker, url, { offset: half, body: FILE.subarray(half) });
  deepEqual([last.status, last.offset], [204, FILE.length]);
  const [recording] = worker.recordings.list.recordings;
  deepEqual([recording?.kind, recording?.ended?.reason], ["device", "stopped"]);
  equal((await probe(join(data, "recordings/rec_1/video.mp4"))).pictures, 90);
  const again = await worker.recordings.receive(
    { recording: about("rec_1"), bytes: 5, sha256: SHA },
    BASE,
  );
  deepEqual(again, {}, "it is here");
  equal((await request(worker, url, { method: "HEAD" })).status, 404, "its address is over");
});

Deno.test("[FWD4] after a kill of either end it goes on where it was", async () => {
  const { open, about } = await setup();
  const before = open(1);
  const lost = await expected(before, about("rec_1"));
  // The worker is killed in the middle of a request: a part of it is on the disk.
  const cut = [FILE.subarray(0, 10_000), FILE.subarray(10_000, 12_345)];
  await request(before, lost, { offset: 0, length: 20_000, pieces: cut });
  before.recordings[Symbol.dispose]();
  const worker = open(2);
  using _ = worker.recordings;
  await worker.recordings.load();
  equal((await request(worker, lost, { method: "HEAD" })).status, 404);
  const url = await expected(worker, about("rec_1"));
  equal((await request(worker, url, { method: "HEAD" })).offset, 12_345);
  const wrong = await request(worker, url, { offset: 10_000, body: FILE.subarray(10_000) });
  deepEqual([wrong.status, wrong.offset], [409, 12_345]);
  const rest = await request(worker, url, { offset: 12_345, body: FILE.subarray(12_345) });
  equal(rest.status, 204);
  equal(worker.recordings.list.recordings.length, 1);
});

Deno.test("[FWD5] a file that is not what was promised is refused and leaves nothing", async () => {
  const { data, open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  const changed = FILE.slice();
  changed[5_000]! ^= 1;
  const url = await expected(worker, about("rec_1"));
  const answer = await request(worker, url, { offset: 0, body: changed });
  equal(answer.status, 422);
  match(answer.text, /SHA-256/);
  // What it promised, but no recording.
  for (
    const [id, noise] of [
      ["rec_2", new Uint8Array(5_000).fill(7)],
      ["rec_3", FILE.slice(0, 700)],
      ["rec_4", concat([FILE.slice(0, 1_000), new Uint8Array(2_000).fill(255)])],
    ] as const
  ) {
    const sha256 = createHash("sha256").update(noise).digest("hex");
    const to = await expected(worker, about(id), { bytes: noise.length, sha256 });
    equal((await request(worker, to, { offset: 0, body: noise })).status, 422, id);
  }
  deepEqual(worker.recordings.list.recordings, []);
  deepEqual([...Deno.readDirSync(join(data, "recordings/.uploads"))], []);
});

Deno.test("[FWD5] a file that the worker cannot read at present stays, and is a recording when it can", async () => {
  const { open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  const url = await expected(worker, about("rec_1"));
  const { shelf } = worker.recordings;
  const adopt = shelf.adopt;
  shelf.adopt = async (_about, path) => {
    await Deno.writeTextFile(path, "a part of an index", { append: true });
    throw Object.assign(new Error("Input/output error"), { code: "EIO" });
  };
  const failed = await request(worker, url, { offset: 0, body: FILE });
  deepEqual([failed.status, failed.offset], [500, FILE.length]);
  match(failed.text, /^Cannot keep it at present: /);
  shelf.adopt = adopt;
  const again = await expected(worker, about("rec_1"));
  equal((await request(worker, again, { method: "HEAD" })).offset, FILE.length);
  equal((await request(worker, again, { offset: FILE.length })).status, 204);
  equal(worker.recordings.list.recordings.length, 1);
});

Deno.test("[FWD6] more than was promised, or than one request may bring, is not written", async () => {
  const { data, open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  const url = await expected(worker, about("rec_1"), { bytes: 1_000 });
  for (const length of [1_001, 2_000_000, -1, NaN]) {
    equal((await request(worker, url, { offset: 0, length, pieces: [] })).status, 413);
  }
  equal((await request(worker, url, { method: "PUT" })).status, 405);
  equal((await request(worker, url, {})).status, 409, "it says where");
  deepEqual([...Deno.readDirSync(join(data, "recordings/.uploads"))], []);
});

Deno.test("[FWD6] a stranger without a ticket gets nothing, whatever the path", async () => {
  const { open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  await expected(worker, about("rec_1"));
  for (const path of ["", "rec_1", "../recordings", "rec_1.mp4", "%2e%2e", "A".repeat(32)]) {
    equal((await request(worker, `/uploads/${path}`, { offset: 0, body: FILE })).status, 404);
  }
});

Deno.test("[FWD7] the disk of a worker is bounded: space, files at once, files that nobody ends", async () => {
  const { data, clock, open, about } = await setup({ space: FILE.length * 3 });
  const worker = open();
  using _ = worker.recordings;
  await expected(worker, about("rec_1"));
  await expected(worker, about("rec_2"));
  await expected(worker, about("rec_3"));
  const full = await worker.recordings.receive(
    { recording: about("rec_4"), bytes: FILE.length, sha256: SHA },
    BASE,
  );
  ok(isRefusal(full) && full.error.code === "record.space");
  for (let n = 4; n <= MOST_UPLOADS; n++) {
    const tiny = { recording: about(`rec_${n}`), bytes: 1, sha256: SHA };
    // The space is used up; those that nobody sends make room after a while.
    ok(isRefusal(await worker.recordings.receive(tiny, BASE)));
  }
  clock.advance(600_000);
  const url = await expected(worker, about("rec_9"));
  await request(worker, url, { offset: 0, body: FILE.subarray(0, 1_000) });
  const path = join(data, "recordings/.uploads/rec_9.mp4");
  await Deno.utime(path, 1_700_000_000, 1_700_000_000);
  worker.recordings[Symbol.dispose]();
  clock.advance(23 * 3_600_000);
  const later = open(3);
  using __ = later.recordings;
  await later.recordings.load();
  equal((await Deno.stat(path)).size, 1_000);
  clock.advance(2 * 3_600_000);
  await later.recordings.load();
  deepEqual([...Deno.readDirSync(join(data, "recordings/.uploads"))], []);
});

Deno.test("[FWD7] at most eight files are on their way to a worker", async () => {
  const { open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  for (let n = 0; n < MOST_UPLOADS; n++) await expected(worker, about(`rec_${n}`));
  const more = await worker.recordings.receive(
    { recording: about("rec_more"), bytes: 1, sha256: SHA },
    BASE,
  );
  ok(isRefusal(more) && more.error.code === "busy");
  await expected(worker, about("rec_3"));
});

Deno.test("[FWD7] parts of files count as space after a restart too; the oldest of them make room", async () => {
  const { data, clock, open, about } = await setup({ space: FILE.length * 3 });
  const before = open();
  const part = FILE.subarray(0, FILE.length - 1_000);
  for (const n of [1, 2, 3]) {
    const url = await expected(before, about(`rec_${n}`));
    await request(before, url, { offset: 0, body: part });
    await Deno.utime(
      join(data, `recordings/.uploads/rec_${n}.mp4`),
      clock.epoch() / 1_000 + n,
      n * 1_000,
    );
  }
  before.recordings[Symbol.dispose]();
  const worker = open(2);
  using _ = worker.recordings;
  const names = () =>
    [...Deno.readDirSync(join(data, "recordings/.uploads"))].map(({ name }) => name).sort();
  const large = { recording: about("rec_5"), bytes: FILE.length * 3 + 1, sha256: SHA };
  ok(isRefusal(await worker.recordings.receive(large, BASE)));
  equal(names().length, 3, "nothing is removed for a file that finds no place anyway");
  await expected(worker, about("rec_4"));
  deepEqual(names(), ["rec_2.mp4", "rec_3.mp4"]);
  const url = await expected(worker, about("rec_2"));
  equal((await request(worker, url, { method: "HEAD" })).offset, part.length, "it goes on");
  const shorter = await expected(worker, about("rec_2"), { bytes: 10 });
  equal((await request(worker, shorter, { method: "HEAD" })).offset, 0);
});

Deno.test("[FWD7] offers at the same time do not pass the bounds together", async () => {
  const { open, about } = await setup({ space: FILE.length * 2 });
  const worker = open();
  using _ = worker.recordings;
  const answers = await Promise.all(
    ["rec_1", "rec_2", "rec_3"].map((id) =>
      worker.recordings.receive({ recording: about(id), bytes: FILE.length, sha256: SHA }, BASE)
    ),
  );
  deepEqual(answers.map(isRefusal), [false, false, true]);
});

Deno.test("[FWD7] a sender has two files on their way; a third one ends the older of them", async () => {
  const { clock, open, about } = await setup();
  const worker = open();
  using _ = worker.recordings;
  const urls: string[] = [];
  for (const n of [1, 2, 3]) {
    const recording = { ...about(`rec_${n}`), sender_id: SenderId.parse("snd_1") };
    urls.push(await expected(worker, recording));
    clock.advance(1_000);
  }
  const statuses = [];
  for (const url of urls) statuses.push((await request(worker, url, { method: "HEAD" })).status);
  deepEqual(statuses, [404, 200, 200]);
});

Deno.test("[FWD7] a full disk of the worker is answered with how far the file is", async () => {
  const { clock, open, about } = await setup();
  const { recordings } = open();
  using _ = recordings;
  let room = 3_000;
  const server = new UploadServer(clock, recordings.uploads, async (path) => {
    const file = await Deno.open(path, { append: true, create: true });
    return {
      write: (bytes) => {
        if (room === 0) {
          return Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
        }
        const count = Math.min(room, bytes.length);
        room -= count;
        return file.write(bytes.subarray(0, count));
      },
      [Symbol.dispose]: () => file.close(),
    };
  });
  const worker = { recordings, server };
  const url = await expected(worker, about("rec_1"));
  const answer = await request(worker, url, { offset: 0, body: FILE.subarray(0, 5_000) });
  deepEqual([answer.status, answer.offset], [507, 3_000]);
  room = Infinity;
  equal((await request(worker, url, { offset: 3_000, body: FILE.subarray(3_000) })).status, 204);
});

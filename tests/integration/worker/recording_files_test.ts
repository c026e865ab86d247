import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { AppId, RecordingId, RoomId } from "../../../protocol/ids.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { serveHttp } from "../../../worker/http_server.ts";
import { FileServer } from "../../../worker/recording/file_server.ts";
import { openRecordings } from "../../../worker/recording/open_recording.ts";
import { Recordings } from "../../../worker/recording/recordings.ts";
import { encodeScene, record } from "../../support/media/recorded.ts";

Deno.test("[REC9] [REC10] whoever has the address reads the recording, whole and in ranges, and no other file", async () => {
  const folder = await Deno.makeTempDir();
  const log = createLog({ clock: systemClock, sink: () => {} });
  const limits = { space: 1e9, days: 30, longest: 3_600_000 };
  using recordings = new Recordings({
    ...{ clock: systemClock, random: systemRandom, log, folder, limits },
  });
  const about = {
    recording_id: RecordingId.parse("rec_1"),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("duel"),
    title: "Über/Duel",
    started_at: Date.UTC(2026, 0, 2),
  } as const;
  const { video } = await openRecordings(folder)(about);
  for (const piece of record(encodeScene(3))) await video.append(piece);
  video.close();
  await recordings.shelf.finish(about, "stopped");
  const files = new FileServer(systemClock, recordings);
  const server = serveHttp({
    ...{ hostname: "127.0.0.1", port: 0, clock: systemClock, log },
    health: () => ({}),
    media: () => {},
    files: (message, response) => files.answer(message, response),
  });
  const base = `http://127.0.0.1:${server.port}`;
  const opened = recordings.open(about.recording_id, base);
  const url = "url" in opened ? opened.url : "";
  const expected = await Deno.readFile(join(folder, "rec_1/video.mp4"));
  const read = async (path: string, range?: string, method = "GET") => {
    const answer = await fetch(path, { method, ...(range && { headers: { range } }) });
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
  try {
    const whole = await read(`${url}/video.mp4`);
    deepEqual(whole.bytes, expected);
    equal(whole.answer.headers.get("access-control-allow-origin"), "*");
    const part = await read(`${url}/video.mp4`, "bytes=100-199");
    equal(part.answer.status, 206);
    equal(part.answer.headers.get("content-range"), `bytes 100-199/${expected.length}`);
    deepEqual(part.bytes, expected.subarray(100, 200));
    equal((await read(`${url}/video.mp4`, "bytes=99999999-")).answer.status, 416);
    const { answer, bytes } = await read(`${url}/video.mp4?download`, undefined, "HEAD");
    deepEqual([bytes.length, answer.headers.get("content-length")], [0, `${expected.length}`]);
    match(answer.headers.get("content-disposition") ?? "", /%C3%9Cber_Duel%202026-01-02/);
    for (
      const other of ["about.json", "telemetry.jsonl", "..%2frec_1%2fabout.json", "", "video.mp4/"]
    ) {
      equal((await read(`${url}/${other}`)).answer.status, 404, other);
    }
    equal((await read(`${base}/recordings/rec_1/video.mp4`)).answer.status, 404);
    equal((await read(`${url}/video.mp4`, undefined, "DELETE")).answer.status, 405);
    equal(await recordings.shelf.remove(about.recording_id), undefined);
    equal((await read(`${url}/video.mp4`)).answer.status, 404);
  } finally {
    server.close();
  }
});

import { startChild as startChildProcess } from "../../../protocol/process/child.ts";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { TsMuxer } from "../../../media/mpegts/muxer.ts";
import type { EgressDestination } from "../../../protocol/field/ingest.ts";
import { DestinationId } from "../../../protocol/ids.ts";
import { egressProcesses } from "../../../worker/ingest/egress/process.ts";
import { type FromSink, startChild, waitFor } from "../../support/field/children.ts";
import { listenRtmp } from "../../support/field/rtmp_server.ts";
import { listenSrtProbe } from "../../support/field/srt_probe.ts";
import { encodeUnits } from "../../support/media/units.ts";

const startEgressProcess = egressProcesses(startChildProcess);
const destination_id = DestinationId.parse("dst_1");
const AWKWARD = "a/b c.flv?x=#1&y=%2F+:'\"\\|[=]é";

/** Transport packets of moving pictures without end, a second at each turn. */
function* clip(): Generator<Uint8Array> {
  const muxer = new TsMuxer({});
  const units = encodeUnits({ profile: "baseline", count: 30 });
  for (let turn = 0;; turn++) {
    const parts = units.map(({ data, pts }, at) =>
      muxer.video(data, { pts: pts! + turn * 90_000, keyframe: at % 10 === 0 })
    );
    yield Uint8Array.from(parts.flatMap((part) => [...part]));
  }
}

interface Sending extends Disposable {
  connected: boolean;
  detail: string | undefined;
}

/** Sends a stream to one destination, as a room does. */
function send(destination: Omit<EgressDestination, "destination_id">): Sending {
  const sending = { connected: false, detail: undefined as string | undefined };
  const process = startEgressProcess({ destination_id, ...destination }, {
    connected: () => void (sending.connected = true),
    sent: () => {},
    gone: (detail) => void (sending.detail = detail),
  });
  const parts = clip();
  const feeding = setInterval(() => process.write(parts.next().value!), 200);
  return Object.assign(sending, {
    [Symbol.dispose]() {
      clearInterval(feeding);
      process[Symbol.dispose]();
    },
  });
}

/** The arguments and environments of all processes, which other programs can read. */
async function processTexts(): Promise<string> {
  const texts: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || name === String(Deno.pid)) continue;
    for (const part of ["cmdline", "environ"]) {
      texts.push(await Deno.readTextFile(`/proc/${name}/${part}`).catch(() => ""));
    }
  }
  return texts.join("\n");
}

Deno.test("[EGR1] [EGR3] an RTMP server gets the typed application and stream key", async () => {
  for (const stream_key of [AWKWARD, "mp4:clip", "clip.mp4", " spaces ", ""]) {
    await using server = await listenRtmp();
    using sending = send({
      url: `rtmp://127.0.0.1:${server.port}/live app/x?token=1:2`,
      stream_key,
    });
    await waitFor("pictures at the server", () => server.media.video > 20 || undefined);
    const place = `127.0.0.1:${server.port}`;
    const app = stream_key === "" ? "live app" : "live app/x?token=1:2";
    const key = stream_key === "" ? "x?token=1:2" : stream_key;
    deepEqual(server.published, [{ app, tcUrl: `rtmp://${place}/${app}`, key }]);
    ok(sending.connected);
    if (key === AWKWARD) ok(!(await processTexts()).includes(key), "no process shows the key");
  }
});

Deno.test("[EGR8] a stream key or an application that the server refuses is named as the reason", async () => {
  const cases = [
    ["key", /^The server refused the stream key/],
    ["app", /^The server refused the application/],
  ] as const;
  for (const [refuse, reason] of cases) {
    await using server = await listenRtmp({ refuse });
    using sending = send({ url: `rtmp://127.0.0.1:${server.port}/app`, stream_key: "SECRET" });
    const detail = await waitFor("the refusal", () => sending.detail);
    match(detail, reason);
    deepEqual([sending.connected, detail.includes("SECRET")], [false, false]);
  }
});

Deno.test("[EGR8] a server that ends the connection right after the start is reported with the likely reason", async () => {
  await using server = await listenRtmp();
  using sending = send({ url: `rtmp://127.0.0.1:${server.port}/app`, stream_key: "SECRET" });
  await waitFor("the connection", () => sending.connected || undefined);
  server.cut();
  match(await waitFor("the end", () => sending.detail), /the stream key is wrong$/);
});

Deno.test("[EGR1] an SRT destination gets the typed stream id", async () => {
  using probe = await listenSrtProbe();
  const streamId = "#!::r=live/x y+z&%2F,m=publish é";
  using _sending = send({ url: `srt://127.0.0.1:${probe.port}`, stream_key: streamId });
  equal(await waitFor("the stream id", () => probe.streamIds[0]), streamId);
});

Deno.test("[EGR1] an SRT destination accepts the stream with the typed passphrase, and with no other", async () => {
  const passphrase = "pa+ss #w/o&r%2Fd é";
  const port = 15_131;
  using sink = startChild<FromSink>("sink_main.ts", [
    `srt://127.0.0.1:${port}`,
    JSON.stringify({ mode: "listener", passphrase }),
  ]);
  await sink.until("a listener", (said) => said[0]);
  using wrong = send({ url: `srt://127.0.0.1:${port}`, passphrase: "another-passphrase" });
  match(await waitFor("the refusal", () => wrong.detail), /another passphrase$/);
  using _right = send({ url: `srt://127.0.0.1:${port}`, passphrase });
  await sink.until("pictures", (said) => said.some(({ kind }) => kind === "video") || undefined);
});

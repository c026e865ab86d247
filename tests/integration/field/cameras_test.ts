import { equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createPipelineStarter } from "../../../agent/pipeline/process.ts";
import type { PipelineEnd, PipelineStats } from "../../../agent/pipeline/ports.ts";
import { startChild as startChildProcess } from "../../../protocol/process/child.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { type FromSink, startChild, waitFor } from "../../support/field/children.ts";
import { listenRtsp } from "../../support/field/rtsp_server.ts";

const STREAM = StreamId.parse("str_test");
const PSK = "0123456789abcdef";
const startPipeline = createPipelineStarter({
  startChild: startChildProcess,
  clock: systemClock,
  program: { entry: new URL("../../../agent/main.ts", import.meta.url).pathname, arguments: [] },
  media: "/nowhere",
  statsPeriod: () => 200,
  inputPatience: 60_000,
});

interface Sending extends AsyncDisposable {
  readonly stats: PipelineStats[];
  readonly ended: Promise<PipelineEnd>;
}

/** Sends a camera's pictures to an SRT port, as a device does. */
function send(uri: string, port: number): Sending {
  const stats: PipelineStats[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<PipelineEnd>();
  const pipeline = startPipeline({
    stream_id: STREAM,
    source: { mode: "rtsp", uri },
    encoder: { bitrate_kbps: 600 },
    destinations: [`srt://127.0.0.1:${port}`],
    bonding_config: { version: 1, links: [], scheduler: { discard_deadline_ms: 60 } },
    psk: PSK,
  }, { stats: (each) => void stats.push(each), ended: resolve });
  return {
    stats,
    ended,
    async [Symbol.asyncDispose]() {
      pipeline.stop("control_plane_stop");
      await ended;
    },
  };
}

function listen(port: number) {
  const options = JSON.stringify({ mode: "listener", passphrase: PSK });
  return startChild<FromSink>("sink_main.ts", [`srt://127.0.0.1:${port}`, options]);
}

Deno.test("[ADR1] a camera gets the typed user name and password, by Basic and by Digest", async () => {
  const password = "pa/ss#w?o@rd+ %41é:";
  for (const [at, auth] of (["basic", "digest"] as const).entries()) {
    await using camera = await listenRtsp({ auth, user: "admin", password });
    using sink = listen(15_141 + at);
    await sink.until("a listener", (received) => received[0]);
    const typed = password.replace("%", "%25");
    await using _sending = send(`rtsp://admin:${typed}@127.0.0.1:${camera.port}/live`, 15_141 + at);
    await sink.until(
      "pictures",
      (received) => received.some(({ kind }) => kind === "video") || undefined,
    );
    const [authorization = ""] = camera.authorizations;
    if (auth === "basic") {
      equal(authorization, `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`);
    }
    ok(!camera.requests.join().includes("admin"), "no request line holds the user name");
  }
});

Deno.test("[ADR2] a camera that refuses the password, and an address with two readings, end the stream without the password", async () => {
  await using camera = await listenRtsp({ auth: "digest", user: "admin", password: "right" });
  const place = `127.0.0.1:${camera.port}`;
  const wrong = await send(`rtsp://admin:SE/CR#ET@${place}/live`, 15_145).ended;
  match(wrong.error ?? "", /refused the user name or the password$/);
  const odd = await send(`rtsp://admin:1234/SECRET@${place}/live`, 15_145).ended;
  match(odd.error ?? "", /more than one way/);
  ok(!`${wrong.error} ${odd.error}`.match(/SE\/CR|SECRET/));
});

Deno.test("[SND14] [SND15] a camera that closes and listens again is opened again, and the stream continues", async () => {
  await using camera = await listenRtsp();
  using sink = listen(15_151);
  await sink.until("a listener", (received) => received[0]);
  await using sending = send(`rtsp://127.0.0.1:${camera.port}/live`, 15_151);
  const pictures = () => sink.received.filter(({ kind }) => kind === "video").length;
  const input = () => sending.stats.at(-1)?.input;
  await waitFor("pictures", () => pictures() > 10 || undefined);
  equal(input()?.state, "open");

  await camera.leave();
  const lost = await waitFor("the loss in the figures", () => {
    const now = input();
    return now?.state === "lost" ? now : undefined;
  });
  match(lost.error, /^the camera at 127\.0\.0\.1:\d+ ended/);
  ok(lost.gives_up_in_s > 50 && lost.gives_up_in_s <= 60, `${lost.gives_up_in_s}`);
  const before = pictures();
  await camera.comeBack();
  await waitFor("pictures again", () => pictures() > before + 10 || undefined);
  await waitFor("the recovery in the figures", () => input()?.state === "open" || undefined);
});

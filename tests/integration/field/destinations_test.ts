import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeCertificate } from "../../../coordinator/secrets/tls.ts";
import { TsMuxer } from "../../../media/mpegts/muxer.ts";
import type { EgressDestination } from "../../../protocol/field/ingest.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { DestinationId } from "../../../protocol/ids.ts";
import {
  type StartChild,
  startChild as startChildProcess,
} from "../../../protocol/process/child.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { StartEgress } from "../../../worker/ingest/egress/ports.ts";
import { egressPermissions } from "../../../worker/isolation/permissions.ts";
import { egressProcesses } from "../../../worker/ingest/egress/process.ts";
import { type FromSink, startChild, waitFor } from "../../support/field/children.ts";
import { listenRtmp } from "../../support/field/rtmp_server.ts";
import { listenSrtProbe } from "../../support/field/srt_probe.ts";
import { encodeUnits } from "../../support/media/units.ts";

const LOOPBACK = ["127.0.0.1"];
const permissions = egressPermissions({ data: "/nowhere" });
const startEgressProcess = egressProcesses({
  startChild: startChildProcess,
  permissions,
  allowedHosts: LOOPBACK,
});
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
function send(
  destination: Omit<EgressDestination, "destination_id">,
  start: StartEgress = startEgressProcess,
): Sending {
  const sending = { connected: false, detail: undefined as string | undefined };
  const process = start({ destination_id, ...destination }, {
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
  await sink.until("a listener", (received) => received[0]);
  using wrong = send({ url: `srt://127.0.0.1:${port}`, passphrase: "another-passphrase" });
  match(await waitFor("the refusal", () => wrong.detail), /another passphrase$/);
  using _right = send({ url: `srt://127.0.0.1:${port}`, passphrase });
  await sink.until(
    "pictures",
    (received) => received.some(({ kind }) => kind === "video") || undefined,
  );
});

Deno.test("[URL5] a worker dials nothing inside a private network, whatever the coordinator sent", async () => {
  await using server = await listenRtmp();
  const start = egressProcesses({ startChild: startChildProcess, permissions, allowedHosts: [] });
  for (
    const url of [
      `rtmp://127.0.0.1:${server.port}/app`,
      `rtmp://localhost:${server.port}/app`,
      `rtmp://[::ffff:127.0.0.1]:${server.port}/app`,
      "srt://169.254.169.254:9000",
    ]
  ) {
    using sending = send({ url, stream_key: "SECRET" }, start);
    match(await waitFor("the refusal", () => sending.detail), /inside a private network/, url);
  }
  deepEqual(server.published, []);
});

Deno.test("[EGR10] over RTMPS the certificate has to be valid for the server's name", async () => {
  const ports = { clock: systemClock, random: systemRandom };
  const own = await makeCertificate(ports, ["localhost"]);
  const other = await makeCertificate(ports, ["other.test"]);
  const trusted = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(trusted, `${own.cert}\n${other.cert}\n`);
    const withTrust: StartChild = (program) =>
      withVariable("DENO_CERT", trusted, () => startChildProcess(program));
    const cases = [
      [own, startChildProcess, /^Cannot reach the destination: .*certificate/],
      [other, withTrust, /^Cannot reach the destination: .*certificate/],
      [own, withTrust, undefined],
    ] as const;
    for (const [tls, startChild, refusal] of cases) {
      await using server = await listenRtmp({ tls });
      const start = egressProcesses({ startChild, permissions, allowedHosts: ["localhost"] });
      const url = `rtmps://localhost:${server.port}/live`;
      using sending = send({ url, stream_key: "SECRET" }, start);
      if (refusal) {
        match(await waitFor("the refusal", () => sending.detail), refusal);
        deepEqual(server.published, []);
      } else {
        await waitFor("pictures at the server", () => server.media.video > 20 || undefined);
        const { tcUrl, key } = server.published[0]!;
        deepEqual([tcUrl, key], [url, "SECRET"]);
      }
    }
  } finally {
    await Deno.remove(trusted);
  }
});

/** Runs `work` with a variable in the environment. */
function withVariable<T>(name: string, value: string, work: () => T): T {
  Deno.env.set(name, value);
  try {
    return work();
  } finally {
    Deno.env.delete(name);
  }
}

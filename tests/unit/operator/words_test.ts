import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { signalBars } from "../../../protocol/field/signal_bars.ts";
import type { FleetRoom } from "../../../protocol/rest/fleet.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { DEMO_CAMERA, type Sender } from "../../../protocol/rest/senders.ts";
import { type Feed, StreamEndReason, type StreamFigures } from "../../../protocol/rest/streams.ts";
import { type FeedReport, feedSummary } from "../../../web/operator/destination/feed_state.tsx";
import {
  ACTIONS,
  actionWords,
  actorWords,
  targetWords,
} from "../../../web/operator/audit/words.ts";
import { browserName } from "../../../web/operator/model/browser_name.ts";
import { addressWarning, enrolCommand } from "../../../web/operator/model/enrol_command.ts";
import {
  formatDbm,
  formatMbps,
  formatMegabytes,
  formatMoment,
  formatRunning,
  formatSpan,
  losers,
  plural,
} from "../../../web/operator/model/format.ts";
import { roomWording } from "../../../web/operator/worker/words.ts";
import { hoursWords, keepLiveWording, sameHours } from "../../../web/operator/keep_live/words.ts";
import { ageNote, DEVICE_STALE, STREAM_STALE } from "../../../web/operator/model/freshness.ts";
import {
  endDetail,
  fieldRoundTripTone,
  followNote,
  isWantedEnd,
  lossOf,
  pictureLength,
  pictureSentence,
  reasonWord,
  runningTime,
  senderSince,
  senderWording,
  sourceWords,
  streamWording,
} from "../../../web/operator/model/words.ts";
import { demoToStart } from "../../../web/operator/overview/start_demo.tsx";
import { runningSentences } from "../../../web/operator/worker/drain.tsx";
import { OWNER } from "../../support/operator/past.ts";

const NOW = 1_800_000_000_000;
const plain = (text: string | undefined) => text?.replaceAll("\u202f", " ");

function sender(change: Partial<Sender> = {}): Sender {
  return {
    sender_id: "snd_1" as Sender["sender_id"],
    owner_id: OWNER,
    name: "box-7",
    state: "enrolled",
    online: true,
    created_at: 0,
    ...change,
  };
}

type ReceivedFigures = NonNullable<StreamFigures["received"]>;

function figures({ at = NOW, ...change }: Partial<ReceivedFigures> = {}): StreamFigures {
  return {
    at,
    sent: { at, bitrate_kbps: 4_000, links_live: 2, links: 2 },
    received: { at, bitrate_kbps: 3_900, picture: true, viewers: 0, ...change },
  };
}

function streaming(state: "starting" | "live" | "stopping", change: Partial<ReceivedFigures> = {}) {
  const stream_id = "str_1" as NonNullable<Sender["stream"]>["stream_id"];
  return { stream_id, state, since: NOW, figures: figures(change) };
}

Deno.test("the words of a sender name its worst state first", () => {
  const words = (change: Partial<Sender>) => senderWording(sender(change), NOW).word;
  deepEqual([
    words({ stream: streaming("live") }),
    words({ stream: streaming("live", { picture: false, last_picture_at: NOW - 9_000 }) }),
    words({ online: false, stream: streaming("live") }),
    words({ stream: streaming("starting") }),
    words({}),
    words({ online: false }),
    words({ state: "invited", online: false, token_expires_at: NOW + 1 }),
    words({ state: "invited", online: false, token_expires_at: NOW }),
    words({ state: "revoked", online: false }),
  ], [
    "Live",
    "No picture",
    "Lost contact",
    "Starting",
    "Ready",
    "Offline",
    "Not enrolled",
    "Token expired",
    "Decommissioned",
  ]);
});

Deno.test("a missing picture is shown with its seconds; a short gap and an unknown state are not shown", () => {
  equal(pictureSentence(undefined, NOW), "No figures yet");
  equal(
    plain(pictureSentence(figures({ picture: false, last_picture_at: NOW - 40_000 }), NOW)),
    "No picture for 40 s",
  );
  equal(pictureSentence(figures({ picture: false }), NOW), "No picture yet");
  const brief = { picture: false, last_picture_at: NOW - 1_000 };
  equal(streamWording({ state: "live", figures: figures(brief) }, NOW).word, "Live");
  equal(
    streamWording({ state: "live", figures: figures({ at: NOW - 10_001 }) }, NOW).word,
    "Not seen",
  );
  const { received: _, ...unknown } = figures();
  equal(streamWording({ state: "live", figures: unknown }, NOW).word, "Live");
});

Deno.test("[DSH9] every reason of an end has words, and only the ends that users requested count as wanted", () => {
  for (const reason of StreamEndReason.options) doesNotMatch(reasonWord(reason), /_/);
  deepEqual(
    StreamEndReason.options.filter(isWantedEnd),
    [
      ...["user_stop", "control_plane_stop", "agent_shutdown", "sender_revoked", "hours_ended"],
      ...["unwatched", "publisher_stop"],
    ],
  );
  equal(reasonWord("sun_spots"), "sun spots");
});

Deno.test("[DSH15] a source's address is shown without its password", () => {
  equal(
    sourceWords({ mode: "rtsp", uri: "rtsp://eve:pw@10.0.0.1/one" }),
    "rtsp://10.0.0.1/one",
  );
  equal(
    sourceWords({ mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 }),
    "/dev/video0, 1920×1080 at 30 fps",
  );
});

Deno.test("[DSH3] a figure shows its age once it is older than its period", () => {
  const age = (at: number | undefined, after: number) => plain(ageNote(at, { now: NOW, after }));
  equal(age(NOW - STREAM_STALE, STREAM_STALE), undefined);
  equal(age(NOW - STREAM_STALE - 1, STREAM_STALE), "5 s old");
  equal(age(NOW - 34_000, DEVICE_STALE), "34 s old");
  equal(age(undefined, DEVICE_STALE), undefined);
});

Deno.test("times and spans are written in their largest fitting unit", () => {
  const running = [7_000, 342_000, 11_142_000, 187_200_000, -5].map((ms) =>
    plain(formatRunning(ms))
  );
  deepEqual(running, ["0:07", "5:42", "3:05:42", "2 d 4 h", "0:00"]);
  const spans = [40_000, 119_999, 120_000, 7_200_000, 172_800_000].map((ms) =>
    plain(formatSpan(ms))
  );
  deepEqual(spans, ["40 s", "119 s", "2 min", "2 h", "2 d"]);
  equal(/^\d\d:\d\d:\d\d$/.test(formatMoment(NOW - 60_000, NOW)), true);
  equal(/^\d{1,2} \w{3,4},? \d\d:\d\d$/.test(formatMoment(NOW - 3 * 86_400_000, NOW)), true);
});

Deno.test("figures carry their unit or stand under it", () => {
  deepEqual([4_812, 812, 0, 123_456, undefined].map(formatMbps), [
    "4.8",
    "0.81",
    "0.0",
    "123",
    "–",
  ]);
  equal(plain(formatDbm(-72.4)), "−72 dBm");
  equal(plain(formatDbm(null)), "–");
  equal(plain(formatMegabytes(3_900)), "3.9 GB");
  equal(losers(1), "1 person watching loses");
  equal(losers(2), "2 people watching lose");
  equal(plural(1, "room"), "1 room");
  equal(plural(1_200, "person", "people"), "1,200 people");
  deepEqual([-60, -80, -95, -108, -120].map(signalBars), [4, 3, 2, 1, 0]);
});

Deno.test("a browser is called as people call it", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/146.0 Safari/537.36";
  equal(browserName(chrome), "Chrome on Linux");
  equal(browserName(`${chrome} Edg/146.0`), "Edge on Linux");
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) Safari/605.1";
  equal(browserName(phone), "Safari on iPhone");
  equal(browserName("curl/8.9"), "curl/8.9");
  equal(browserName(""), "Unknown program");
});

Deno.test("the enrolment command survives a shell", () => {
  equal(
    enrolCommand({ qr_text: "farpad-enroll:?url=wss&token=it's" }),
    `sudo farpad-agent enrol 'farpad-enroll:?url=wss&token=it'\\''s'`,
  );
});

Deno.test("[DSH16] the length of an ended stream is that of its picture", () => {
  equal(pictureLength({ live_at: 1_000, picture_until: 26_000 }), 25_000);
  equal(pictureLength({ live_at: 1_000 }), undefined);
  equal(pictureLength({ picture_until: 26_000 }), undefined);
});

Deno.test("[DSH22] a running stream's time is that of what its state says: live, without a picture, unseen", () => {
  const since = NOW - 118_000;
  const time = (state: "starting" | "live", of?: StreamFigures) =>
    runningTime({ state, since, figures: of }, NOW);
  deepEqual(time("starting"), { name: "For", since });
  deepEqual(time("live"), { name: "Live for", since });
  deepEqual(time("live", figures()), { name: "Live for", since });
  const gone = { picture: false, last_picture_at: NOW - 93_000 };
  deepEqual(time("live", figures(gone)), { name: "No picture for", since: NOW - 93_000 });
  deepEqual(time("live", figures({ picture: false })), { name: "No picture for", since });
  deepEqual(time("live", figures({ at: NOW - 40_000 })), {
    name: "Not seen for",
    since: NOW - 40_000,
  });
  const unreceived = { ...figures({ at: NOW - 40_000 }), at: NOW };
  deepEqual(time("live", unreceived), { name: "Picture unknown for", since: NOW - 40_000 });
  const dark = sender({ since: NOW - 200_000, stream: streaming("live", gone) });
  equal(senderSince(dark, NOW), NOW - 93_000);
  equal(senderSince({ ...dark, online: false, since: NOW - 10_000 }, NOW), NOW - 10_000);
});

Deno.test("[DSH9] an end does not say its reason twice", () => {
  const reason = "control_plane_stop";
  equal(endDetail({ reason, message: "Stopped by an operator" }), undefined);
  equal(endDetail({ reason, message: "It was stopped at night" }), "It was stopped at night");
});

Deno.test("[DSH17] what runs on a worker is said only once it has been read", () => {
  deepEqual(runningSentences(undefined), ["Reading which rooms run on it…"]);
  deepEqual(runningSentences([]), ["Nothing runs on it."]);
  const game = { viewers: 2 } as FleetRoom;
  const field = { viewers: 1, stream_id: "str_1" } as FleetRoom;
  deepEqual(runningSentences([game, field]), [
    "2 rooms with 3 people go on until the deadline, then they are closed. Players see the time from now on.",
    "Games are saved when they are closed.",
    "1 stream among them ends then.",
  ]);
});

Deno.test("[DSH3] the age of a picture is that of the worker's report, also while the device reports", () => {
  const silent = figures({ at: NOW - 20_000 });
  const fresh = { ...silent, at: NOW, sent: { ...silent.sent!, at: NOW } };
  equal(fresh.received?.at, NOW - 20_000);
  equal(lossOf({ at: NOW, sent: { ...fresh.sent!, loss_rate: 0.02 } })?.at, NOW);
});

Deno.test("[DSH3] where the device cannot measure loss, the worker's figure is shown with its origin", () => {
  deepEqual(lossOf(figures({ loss_rate: 0.03 })), {
    at: NOW,
    rate: 0.03,
    by: "Packets that never reached the worker",
  });
  equal(lossOf(figures()), undefined);
});

Deno.test("[DSH18] the round trip of a field link is not rated like that of a game", () => {
  deepEqual([undefined, 90, 249, 250, 799, 800].map(fieldRoundTripTone), [
    undefined,
    undefined,
    undefined,
    "attention",
    "attention",
    "lost",
  ]);
});

Deno.test("[KLV2] keep live says when and why it started a stream, and how often today", () => {
  const start = (minutesAgo: number) => ({
    at: NOW - minutesAgo * 60_000,
    stream_id: "str_1" as StreamId,
    reason: "The device's pipeline crashed",
  });
  const running = { state: "running", since: NOW, starts: [start(1), start(2)] } as const;
  match(
    keepLiveWording({ ...running, starts: [...running.starts] }, NOW).word,
    /^Started at .*: the device's pipeline crashed\. Second start today\.$/,
  );
  const waiting = keepLiveWording({
    ...{ state: "waiting", since: NOW, until: NOW + 31_500, failures: 3 },
    ...{ reason: "Cannot start: Box 7 is offline", starts: [] },
  }, NOW);
  match(waiting.word, /^Starts again in 32.s, after 3 starts that did not last: cannot start/);
});

Deno.test("[KLV6] hours are words", () => {
  const hours = { from: "08:00", to: "22:00", days: [1, 2, 3, 4, 5], zone: "UTC" };
  equal(hoursWords(hours), "Mon to Fri, 08:00 to 22:00 (UTC)");
  equal(
    hoursWords({ ...hours, to: "06:00", days: [1, 3] }),
    "Mon, Wed, 08:00 to 06:00 the next day (UTC)",
  );
  equal(hoursWords(undefined), "at any time");
  ok(sameHours(hours, { ...hours, days: [5, 4, 3, 2, 1] }));
});

Deno.test("[DSH19] every action that the coordinator records has words", async () => {
  const recorded = new Set<string>();
  const folder = new URL("../../../coordinator/", import.meta.url);
  for await (const file of sourceFiles(folder)) {
    const text = await Deno.readTextFile(file);
    for (const [, action] of text.matchAll(/\baction: "([a-z_.]+)"/g)) recorded.add(action!);
  }
  deepEqual([...recorded].filter((action) => !Object.hasOwn(ACTIONS, action)), []);
  equal(actionWords("sun.spots_seen"), "Sun spots seen");
});

Deno.test("[DSH19] the audit log names what was changed and who did it, without codes", () => {
  deepEqual(targetWords("stream.stop", "str_0197"), {
    word: "Stream",
    page: "/operator/streams/str_0197",
  });
  deepEqual(targetWords("token.revoke", "tok_0197"), { word: "API token" });
  deepEqual(targetWords("worker.drain", "fra-2"), {
    word: "fra-2",
    page: "/operator/workers/fra-2",
  });
  deepEqual(["device", "system", "ada@example.org"].map(actorWords), [
    "The device",
    "Farpad",
    "ada@example.org",
  ]);
});

Deno.test("[DSH26] a destination shows the worst state of what is sent to it, and only what was reported of late", () => {
  const at = 100_000;
  const feed = (state?: FeedReport["state"], age = 0): Feed => ({
    ...{ stream_id: StreamId.parse("str_1"), sender_name: "Box" },
    ...(state && { report: { at: at - age, state, restarts: 0, sent_bytes: 1 } }),
  });
  const word = (...feeds: readonly Feed[]) => feedSummary(feeds, { now: at, after: 12_000 }).word;
  equal(word(), "Not in use");
  equal(word(feed("sending")), "Sending 1 stream");
  equal(word(feed("sending"), feed("waiting"), feed("failed")), "Failed: 1 of 3");
  equal(word(feed("waiting")), "Waiting for a picture");
  const refused = feed("waiting");
  equal(
    word({ ...refused, report: { ...refused.report!, detail: "Connection refused" } }),
    "Waiting to retry",
  );
  equal(word(feed()), "No report on 1 stream");
  equal(word(feed("sending", 60_000)), "No report on 1 stream");
  equal(word(feed("sending", 60_000), feed("sending")), "No report on 2 streams");
});

async function* sourceFiles(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const entry = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* sourceFiles(entry);
    else if (name.endsWith(".ts")) yield entry;
  }
}

Deno.test("[DSH21] the command to enrol a box runs as root and warns of an address that no box reaches", () => {
  const qr = (url: string) => ({
    qr_text: `farpad-enroll:?url=${encodeURIComponent(url)}&token=t`,
  });
  match(enrolCommand(qr("wss://farpad.example/agent")), /^sudo farpad-agent enrol '/);
  equal(addressWarning(qr("wss://farpad.example/agent")), undefined);
  for (const url of ["ws://127.0.0.1:8000", "ws://localhost:8000", "ws://[::1]:8000"]) {
    match(addressWarning(qr(url)) ?? "", /only the coordinator's own machine can reach/);
  }
});

Deno.test("[DSH20] the demo camera is offered until a first stream has run", () => {
  const demo = sender({ name: DEMO_CAMERA });
  equal(demoToStart([demo]), demo);
  equal(demoToStart([{ ...demo, online: false }]), undefined);
  equal(demoToStart([demo, sender({ stream: streaming("live") })]), undefined);
  const end = { stream_id: streaming("live").stream_id, reason: "user_stop", message: "", at: 1 };
  equal(demoToStart([{ ...demo, last_end: end }]), undefined);
});

Deno.test("[DSH24] a kept room is shown as kept, with the time at which it closes", () => {
  const kept = { state: "kept", paused: false, viewers: 0 } as const;
  const at = new Date(2026, 10, 29, 14, 5).getTime();
  equal(roomWording({ ...kept, closes_at: at }).word, "Kept until 14:05");
  equal(roomWording({ ...kept, state: "open" }).word, "Nobody in");
});

Deno.test("[FLW10] the link is named as the reason when the encoder aims at less than the stream began with", () => {
  const encoder = { bitrate_kbps: 2_000, max_bitrate_kbps: 6_000 };
  equal(followNote({ target_bitrate_kbps: 2_000 }, { encoder }), undefined);
  match(
    followNote({ target_bitrate_kbps: 1_400 }, { encoder }) ?? "",
    /carries no more.*1\.4 of 2\.0/,
  );
  equal(followNote({ target_bitrate_kbps: null }, { encoder }), undefined);
});

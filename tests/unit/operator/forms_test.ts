import { refuse } from "../../../protocol/envelope.ts";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { CallResult } from "../../../protocol/rest/contract.ts";
import { StartStream } from "../../../protocol/rest/senders.ts";
import { Asks, createAsk } from "../../../web/operator/model/ask.ts";
import { appliedWords, draftOf, hotUpdate } from "../../../web/operator/model/hot_settings.ts";
import {
  bitrateFault,
  firstDraft,
  linkChoices,
  sourceChoices,
  startBody,
  workerChoices,
} from "../../../web/operator/model/start_form.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { statusOf } from "../../support/operator/reports.ts";

const NOW = 1_800_000_000_000;
const status = statusOf({ index: 2, streamId: undefined, now: NOW });

Deno.test("[DSH10] cameras come first, and an input that cannot be used has the reason", () => {
  const sources = sourceChoices(status);
  deepEqual(sources.map(({ label }) => label), [
    "HDMI Capture – USB Video",
    "USB Webcam",
    "Mast camera",
    "harbour.mp4",
    "Test pattern",
  ]);
  deepEqual(
    sources.flatMap(({ unusable }) => unusable ?? []),
    ["The device reports an error on it"],
  );
  deepEqual(sources[0]!.modes[1], { resolution: "1920x1080", framerate: 25 });
});

Deno.test("[DSH10] a link needs a connection and a way out", () => {
  deepEqual(linkChoices(status).map(({ name, unusable }) => [name, unusable]), [
    ["wwan0", undefined],
    ["wwan1", undefined],
    ["eth0", "No route to the internet"],
    ["wlan0", "Not connected"],
  ]);
});

Deno.test("[DSH10] the first choice is the first usable source over every usable link, and a valid start", () => {
  const body = startBody(firstDraft(status), status);
  deepEqual(body, {
    source: { mode: "v4l2", device: "/dev/video0", resolution: "1920x1080", framerate: 30 },
    encoder: { bitrate_kbps: 5_000 },
    links: [{ interface: "wwan0" }, { interface: "wwan1" }],
  });
  ok(StartStream.safeParse(body).success);
});

Deno.test("[DSH10] a source that went away meanwhile is not started", () => {
  const draft = firstDraft(status);
  const gone = startBody(draft, { ...status, media_inputs: [] });
  match("fault" in gone ? gone.fault : "", /not there any more/);
  const [camera, ...others] = status.media_inputs;
  const taken = { ...status, media_inputs: [{ ...camera!, status: "in_use" as const }, ...others] };
  const busy = startBody(draft, taken);
  match("fault" in busy ? busy.fault : "", /Choose another source than HDMI Capture/);
});

Deno.test("bitrates that cannot stand together are refused on the page", () => {
  const fault = (bitrateKbps: number, minKbps?: number, maxKbps?: number) =>
    bitrateFault({ bitrateKbps, minKbps, maxKbps });
  equal(fault(5_000, 800, 8_000), undefined);
  match(fault(NaN) ?? "", /between 50 and 100,000/);
  match(fault(5_000, 6_000) ?? "", /minimum is above/);
  match(fault(5_000, undefined, 4_000) ?? "", /maximum is below/);
});

Deno.test("[DSH12] only what differs is asked for", () => {
  const encoder = { bitrate_kbps: 5_000, keyint_max: 60 };
  const draft = draftOf(encoder);
  equal(hotUpdate(draft, encoder), undefined);
  deepEqual(hotUpdate({ ...draft, bitrateKbps: 3_000 }, encoder), {
    encoder: { bitrate_kbps: 3_000 },
  });
  deepEqual(hotUpdate({ ...draft, sparePercent: 40 }, encoder), {
    scheduler: { redundancy_spare_ratio: 0.4 },
  });
  equal(hotUpdate({ ...draft, keyintMax: undefined }, encoder), undefined);
  equal(appliedWords(["encoder.bitrate_kbps", "encoder.profile"]), "bitrate, encoder.profile");
});

function held<T>(): {
  call: () => Promise<CallResult<T>>;
  answer: (result: CallResult<T>) => void;
} {
  const { promise, resolve } = Promise.withResolvers<CallResult<T>>();
  return { call: () => promise, answer: resolve };
}

Deno.test("[DSH5] a request shows since when it waits, and is sent once", async () => {
  const clock = new FakeClock();
  clock.advance(500);
  const ask = createAsk(clock);
  const { call, answer } = held<string>();
  const first = ask.run(call);
  deepEqual(ask.state.value, { state: "asked", since: 500 });
  equal(await ask.run(() => Promise.reject(new Error("asked twice"))), undefined);
  answer({ ok: true, value: "yes" });
  equal(await first, "yes");
  equal(ask.state.value.state, "idle");
});

Deno.test("[DSH5] a refusal keeps its sentence until the next try", async () => {
  const ask = createAsk(new FakeClock());
  const { error } = refuse("busy", "The device is busy.");
  equal(await ask.run(() => Promise.resolve({ ok: false, status: 409, error })), undefined);
  deepEqual(ask.state.value, { state: "refused", message: "The device is busy." });
  await ask.run(() => Promise.resolve({ ok: true, value: 1 }));
  equal(ask.state.value.state, "idle");
});

Deno.test("[DSH5] an ask outlives its page, and only a bounded number of them", () => {
  const asks = new Asks(new FakeClock());
  const mine = asks.of("start:snd_1");
  equal(asks.of("start:snd_1"), mine);
  for (let i = 0; i < 100; i++) asks.of(`stop:snd_${i}`);
  equal(asks.of("start:snd_1") === mine, false);
});

Deno.test("[KLV1] the form of a start can also turn keep live on", () => {
  const draft = firstDraft(status);
  equal("keep_live" in startBody(draft, status), false);
  const body = startBody({ ...draft, keepLive: true }, status);
  equal("keep_live" in body && body.keep_live, true);
});

Deno.test("[STR46] the form of a start says how long the link waits for a late packet", () => {
  const draft = firstDraft(status);
  equal("scheduler" in startBody(draft, status), false);
  const body = startBody({ ...draft, latencyMs: 120 }, status);
  deepEqual("scheduler" in body && body.scheduler, { discard_deadline_ms: 120 });
  ok("fault" in startBody({ ...draft, latencyMs: 10 }, status));
});

Deno.test("[STR47] a worker that cannot receive the stream is offered with the reason", () => {
  const worker = (name: string, state: string, ingest?: object) =>
    ({ worker_id: name, name, state, ...(ingest && { ingest }) }) as never;
  const free = (pairs_free: number) => ({ pairs: 4, pairs_free, streams: 0 });
  const workers = [
    worker("b", "online", free(1)),
    worker("a", "online", free(4)),
    worker("c", "draining", free(4)),
    worker("d", "lost", free(4)),
    worker("e", "online"),
    worker("f", "online", free(0)),
  ];
  deepEqual(workerChoices(workers, 2).map(({ label, usable }) => [label, usable]), [
    ["a", true],
    ["b (too few free ports)", false],
    ["c (being taken out of service)", false],
    ["d (not connected)", false],
    ["e (receives no streams)", false],
    ["f (no free port)", false],
  ]);
  deepEqual(workerChoices(workers, 0)[1]?.usable, true);
  const chosen = { ...firstDraft(status), workerId: "a" as never };
  const body = startBody(chosen, status);
  equal("fault" in body ? undefined : body.worker_id, "a");
});

import { deepEqual } from "node:assert/strict";
import { PresetStart } from "../../../protocol/rest/presets.ts";
import { firstDraft, startBody } from "../../../web/operator/model/start_form.ts";
import { draftFrom } from "../../../web/operator/preset/draft.ts";
import { statusOf } from "../../support/operator/reports.ts";

const status = statusOf({ index: 2, streamId: undefined, now: 1_800_000_000_000 });

Deno.test("[PST2] a preset of the same device brings back every choice", () => {
  const choice = {
    ...firstDraft(status),
    ...{ mode: 1, bitrateKbps: 2_500, minKbps: 300, maxKbps: 4_000, latencyMs: 400 },
    ...{ links: ["wwan1"], destinations: ["dst_a" as never], keepLive: true },
    workerId: "fra-1" as never,
  };
  const start = PresetStart.parse(startBody(choice, status));
  deepEqual(draftFrom(start, status), { draft: choice, missing: [] });
});

Deno.test("[PST2] what another device does not have stays as it was, and is named", () => {
  const start = PresetStart.parse({
    source: { mode: "v4l2", device: "/dev/video7", resolution: "1280x720", framerate: 50 },
    encoder: { bitrate_kbps: 900 },
    links: [{ interface: "wwan1" }, { interface: "wwan9" }],
  });
  const first = firstDraft(status);
  deepEqual(draftFrom(start, status), {
    draft: { ...first, bitrateKbps: 900, links: ["wwan1"] },
    missing: ["/dev/video7", "wwan9"],
  });
  const { draft, missing } = draftFrom({ ...start, links: [{ interface: "wwan9" }] }, status);
  deepEqual([draft.links, missing], [first.links, ["/dev/video7", "wwan9"]]);
});

Deno.test("[PST2] a camera is found by its address without the password", () => {
  const device = "rtsp://camera:secret@10.0.0.31/stream1";
  const inputs = status.media_inputs.map((input) =>
    input.type === "rtsp" ? { ...input, device, status: "available" as const } : input
  );
  const start = PresetStart.parse({
    source: { mode: "rtsp", uri: "rtsp://10.0.0.31/stream1" },
    encoder: { bitrate_kbps: 900 },
  });
  const { draft, missing } = draftFrom(start, { ...status, media_inputs: inputs });
  deepEqual([draft.sourceKey, missing], [`rtsp:${device}`, []]);
});

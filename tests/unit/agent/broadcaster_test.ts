import { deepEqual, equal, match } from "node:assert/strict";
import { Broadcaster, type StreamEnd } from "../../../agent/broadcaster.ts";
import { StreamId } from "../../../protocol/ids.ts";
import { createLog } from "../../../protocol/log.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { fakePipelines, FIGURES, startOf } from "../../fakes/pipeline.ts";

const ONE = StreamId.parse("str_1");

function setup() {
  const clock = new FakeClock();
  const pipelines = fakePipelines();
  const ends: StreamEnd[] = [];
  const reported = { stats: 0, changes: 0, isHeard: true };
  const broadcaster = new Broadcaster({
    clock,
    log: createLog({ clock, sink: () => {} }),
    startPipeline: pipelines.start,
    listener: {
      stats: () => void (reported.stats += 1),
      ended: (end) => {
        if (reported.isHeard) ends.push(end);
        return reported.isHeard;
      },
      changed: () => void (reported.changes += 1),
    },
  });
  return { clock, pipelines: pipelines.all, ends, reported, broadcaster };
}

Deno.test("[BOX1] a stream runs from its first figures until its pipeline is gone", () => {
  const { clock, pipelines, ends, reported, broadcaster } = setup();
  equal(broadcaster.start(startOf("str_1")), undefined);
  deepEqual([broadcaster.state, broadcaster.running], ["starting", []]);
  pipelines[0]!.listener.stats(FIGURES);
  deepEqual([broadcaster.state, broadcaster.running, reported.stats], ["streaming", [ONE], 1]);
  broadcaster.stop(ONE, "control_plane_stop");
  deepEqual([broadcaster.state, broadcaster.running], ["stopping", [ONE]]);
  clock.advance(90_000);
  pipelines[0]!.sentBytes = 5_000;
  pipelines[0]!.listener.ended({ reason: "control_plane_stop" });
  deepEqual([broadcaster.state, broadcaster.running], ["idle", []]);
  deepEqual(ends, [
    { stream_id: ONE, reason: "control_plane_stop", duration_s: 90, total_bytes: 5_000 },
  ]);
  equal(reported.changes, 4);
});

Deno.test("[BOX2] a repeated start changes nothing; another one is refused, naming the running stream", () => {
  const { pipelines, broadcaster } = setup();
  broadcaster.start(startOf("str_1"));
  equal(broadcaster.start(startOf("str_1")), undefined);
  equal(pipelines.length, 1);
  match(broadcaster.start(startOf("str_2"))?.message ?? "", /sends str_1/);
});

Deno.test("[BOX2] links that this agent does not have are refused", () => {
  const { broadcaster, pipelines } = setup();
  const refusal = (destinations: string[], scheduler = {}) =>
    broadcaster.start({
      ...startOf("s"),
      destinations,
      bonding_config: { version: 1, links: [], scheduler },
    })?.message ?? "";
  match(refusal(["srt://h:1", "srt://h:3"]), /srt \+ srt/);
  match(refusal(["rist://h:1", "srt://h:3"]), /rist \+ srt/);
  match(refusal(Array<string>(7).fill("rist://h:1")), /up to 6/);
  match(refusal(["rist://h:1"], { failover_ms: 3 }), /scheduler\.failover_ms/);
  equal(pipelines.length, 0);
});

Deno.test("[BOX3] a crash is reported as a crash, with its cause", () => {
  const { pipelines, ends, broadcaster } = setup();
  broadcaster.start(startOf("str_1"));
  pipelines[0]!.listener.ended({ reason: "pipeline_crash", error: "by signal SIGSEGV" });
  deepEqual([ends[0]?.reason, ends[0]?.error], ["pipeline_crash", "by signal SIGSEGV"]);
  equal(broadcaster.start(startOf("str_2")), undefined);
});

Deno.test("[BOX4] an end that could not be sent is sent once later", () => {
  const { pipelines, ends, reported, broadcaster } = setup();
  reported.isHeard = false;
  broadcaster.start(startOf("str_1"));
  pipelines[0]!.listener.ended({ reason: "error", error: "The camera is gone" });
  broadcaster.reportEnds();
  reported.isHeard = true;
  broadcaster.reportEnds();
  broadcaster.reportEnds();
  deepEqual(ends.map(({ reason }) => reason), ["error"]);
});

Deno.test("[BOX5] a stop of a stream that does not run is answered by its end, with its own reason when it is known", () => {
  const { pipelines, ends, broadcaster } = setup();
  broadcaster.stop(ONE, "control_plane_stop");
  broadcaster.start(startOf("str_1"));
  pipelines[0]!.listener.ended({ reason: "error", error: "Broken" });
  broadcaster.stop(ONE, "control_plane_stop");
  deepEqual(ends.map(({ reason }) => reason), ["control_plane_stop", "error", "error"]);
});

Deno.test("[BOX6] settings change only while a stream runs", async () => {
  const { pipelines, broadcaster } = setup();
  const update = { encoder: { bitrate_kbps: 500 } };
  const refused = await broadcaster.update(update);
  match("refusal" in refused ? refused.refusal.message : "", /none runs/);
  broadcaster.start(startOf("str_1"));
  deepEqual(await broadcaster.update(update), { applied: ["encoder.bitrate_kbps"] });
  deepEqual(pipelines[0]!.updates, [update]);
});

Deno.test("[BOX7] a camera is in use while a stream uses it", () => {
  const { pipelines, broadcaster } = setup();
  broadcaster.start({ ...startOf("s"), source: { mode: "v4l2", device: "/dev/video0" } });
  deepEqual([broadcaster.uses("/dev/video0"), broadcaster.uses("/dev/video2")], [true, false]);
  pipelines[0]!.listener.ended({ reason: "user_stop" });
  equal(broadcaster.uses("/dev/video0"), false);
});

import { deepEqual, equal, ok } from "node:assert/strict";
import { readSamples } from "../../../../../web/recordings/replay.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { encodeScene } from "../../../../support/media/recorded.ts";
import { ana } from "../../../../support/media/room_scene.ts";

const SCENE = encodeScene(1);

Deno.test("[REC12] a recorded drive holds what its viewers see of the vehicle, and goes on without them", async () => {
  const lines: Uint8Array[] = [];
  const { enter, room, sources, clock, vehicle, recordings } = openDrivingScene({
    openRecording: () => {
      const into = (pieces: Uint8Array[]) => ({
        append: (bytes: Uint8Array) => Promise.resolve(void pieces.push(bytes)),
        close: () => {},
      });
      return Promise.resolve({ video: into([]), telemetry: into(lines) });
    },
  });
  await enter(ana);
  vehicle.connect();
  const answer = room.record("start", { fleet: "usr_1" as never });
  const { listener } = sources[0]!.options;
  for (const each of SCENE) {
    if ("frame" in each) listener.frame({ ...each.frame, capturedAt: 0 });
    await clock.run(16);
  }
  deepEqual(await answer, { active: true });
  room.media.recorder.stop("stopped");
  await room.media.recorder.written();
  const { about } = recordings[0]!;
  deepEqual([about.telemetry, about.fleet], [true, "usr_1"]);
  const samples = readSamples(lines.map((bytes) => new TextDecoder().decode(bytes)).join(""));
  ok(samples.length >= 4, `${samples.length} samples in a second`);
  equal(samples.at(-1)?.view.link, "connected");
});

import { deepEqual, equal, match } from "node:assert/strict";
import { chooseEncoder, type EncoderWish } from "../../../../agent/encoder/choose_encoder.ts";
import { findEncoders } from "../../../../agent/encoder/devices.ts";
import { encoderTrials } from "../../../../agent/encoder/trial.ts";
import type { Hardware } from "../../../../media/ports.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function scene(wish: EncoderWish, there: readonly Hardware[], works: readonly Hardware[] = []) {
  const lines: string[] = [];
  const tried: Hardware[] = [];
  const log = createLog({
    clock: new FakeClock(),
    level: "debug",
    sink: (line) => void lines.push(line),
  });
  const chosen = chooseEncoder({
    wish,
    log,
    find: () => Promise.resolve(there),
    attempt(hardware) {
      tried.push(hardware);
      return Promise.resolve(works.includes(hardware) ? undefined : "Cannot encode: no device");
    },
  });
  return { chosen, lines, tried };
}

Deno.test("[ENC21] the first encoder that works is chosen, and the log names those that do not", async () => {
  const { chosen, lines, tried } = scene("auto", ["rkmpp", "v4l2m2m", "vaapi"], [
    "v4l2m2m",
    "vaapi",
  ]);
  equal(await chosen, "v4l2m2m");
  deepEqual(tried, ["rkmpp", "v4l2m2m"]);
  match(lines[0]!, /info.*software encodes H.264.*rkmpp.*Cannot encode: no device/);
});

Deno.test("[ENC21] a box without an encoder encodes by software, and says so at debug alone", async () => {
  const { chosen, lines, tried } = scene("auto", []);
  equal(await chosen, undefined);
  deepEqual(tried, []);
  equal(lines.length, 1);
  match(lines[0]!, /debug/);
});

Deno.test("[ENC21] an encoder that was asked for is tried though its device is not seen, and its refusal is a warning", async () => {
  const { chosen, lines, tried } = scene("rkmpp", [], []);
  equal(await chosen, undefined);
  deepEqual(tried, ["rkmpp"]);
  match(lines[0]!, /warn/);
  const software = scene("software", ["vaapi"], ["vaapi"]);
  equal(await software.chosen, undefined);
  deepEqual(software.tried, []);
});

Deno.test("[ENC21] encoders are found by what the kernel names, and cameras are none", async () => {
  const find = (files: Record<string, string>) =>
    findEncoders(() => Promise.resolve(new Map(Object.entries(files))));
  deepEqual(await find({ "/sys/class/video4linux/video0/name": "UVC Camera\n" }), []);
  deepEqual(
    await find({
      "/sys/class/drm/renderD128/dev": "226:128\n",
      "/sys/class/video4linux/video11/name": "bcm2835-codec-encode\n",
      "/sys/class/mpp_class/mpp_service/dev": "240:0\n",
    }),
    ["rkmpp", "v4l2m2m", "vaapi"],
  );
});

Deno.test("[ENC21] a driver that hangs or crashes is refused with a sentence; its own lines are passed over", async () => {
  const answer = (output: string | undefined) =>
    encoderTrials(
      { entry: "agent.ts", arguments: [] },
      { packages: "node_modules" },
      (_program, { args }) => {
        deepEqual(args, ["encoder", "vaapi"]);
        return Promise.resolve(output);
      },
    )("vaapi");
  equal(await answer("libva info: opened\nworks\n"), undefined);
  equal(await answer("Cannot open it\n"), "Cannot open it");
  match((await answer(undefined))!, /did not encode within 20 s$/);
});

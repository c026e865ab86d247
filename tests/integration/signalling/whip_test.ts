import { equal, match, ok } from "node:assert/strict";
import { NalType, nalType, splitNals } from "../../../media/annexb.ts";
import type { Unit } from "../../../media/mpegts/demuxer.ts";
import { encodeUnits } from "../../support/media/units.ts";
import { publishWithFfmpeg } from "../../support/signalling/ffmpeg_publisher.ts";
import { type SenderScene, senderScenes } from "../../support/signalling/sender_scene.ts";
import { WhepPlayer } from "../../support/signalling/whep_player.ts";
import { WhipPublisher } from "../../support/signalling/whip_publisher.ts";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { UserClient } from "../../support/stack/user_client.ts";

/** How long the worker may take to find that a publisher vanished, in milliseconds. */
const LOST_WITHIN = 60_000;

let stack: Stack;
let openSender: (name: string) => Promise<SenderScene>;
/** Its publisher vanished before the first test, so that the tests run while the worker waits for it. */
let deserted: SenderScene;

Deno.test.beforeAll(async () => {
  stack = await startStack({ FARPAD_CAPACITY: "10" });
  openSender = await senderScenes(stack);
  deserted = await openSender("Vanishes");
  await using publisher = new WhipPublisher(deserted.address);
  equal((await publisher.publish()).status, 201);
  let over = false;
  const playing = publisher.play(encodeUnits({ profile: "baseline" }), () => over);
  await deserted.room();
  over = true;
  await playing;
});

Deno.test.afterAll(async () => await stack[Symbol.asyncDispose]());

Deno.test("[WHP10] FFmpeg publishes by WHIP, and a program watches it by WHEP", async () => {
  const scene = await openSender("FFmpeg");
  let over = false;
  const published = publishWithFfmpeg(scene.address, () => over);
  try {
    const room = await Promise.race([scene.room(), published.then(() => "ended")]);
    await using player = new WhepPlayer(stack.url);
    equal((await player.watch(room)).status, 201);
    await player.receives(60);
  } finally {
    over = true;
    await published;
  }
  const [ended] = await scene.ended();
  equal(ended?.reason, "publisher_stop");
});

const isKeyframe = ({ data }: Unit) => splitNals(data).some((nal) => nalType(nal) === NalType.idr);

Deno.test("[WHP13] unusual streams are watched as far as they can be, and nobody else's picture notices", async () => {
  await using other = await UserClient.join(stack.url);
  await other.play("paddle-duel");
  const baseline = { profile: "baseline" } as const;
  const kinds: Record<string, readonly Unit[]> = {
    "B-frames": encodeUnits({ profile: "main", bFrames: 2, count: 60 }),
    "High profile": encodeUnits({ profile: "high", count: 60 }),
    "4K": encodeUnits({ ...baseline, size: [3840, 2160], count: 10 }),
    "no keyframe": encodeUnits({ ...baseline, count: 60 }).filter((unit) => !isKeyframe(unit)),
  };
  for (const [name, units] of Object.entries(kinds)) {
    const scene = await openSender(name);
    await using publisher = new WhipPublisher(scene.address, { sound: false, profile: "64001f" });
    equal((await publisher.publish()).status, 201, name);
    let over = false;
    const playing = publisher.play(units, () => over);
    try {
      const room = await scene.room(name === "no keyframe" ? "starting" : "live");
      await using player = new WhepPlayer(stack.url);
      equal((await player.watch(room)).status, 201, name);
      // Without a keyframe there is nothing to decode: the still picture is sent.
      await player.receives(name === "no keyframe" ? 4 : 40);
      ok(publisher.keyframesAsked > 0, name);
      await other.seeMore(30);
    } finally {
      over = true;
      await playing;
    }
    equal((await publisher.leave()).status, 200);
    const [ended] = await scene.ended();
    match(ended?.message ?? "", /published it ended it/);
  }
});

Deno.test("[WHP12] a new publisher of a sender takes over", async () => {
  const scene = await openSender("Two publishers");
  await using first = new WhipPublisher(scene.address);
  equal((await first.publish()).status, 201);
  const before = await scene.stream();
  await using second = new WhipPublisher(scene.address);
  equal((await second.publish()).status, 201);
  const after = await scene.stream();
  ok(before && after && before.stream_id !== after.stream_id);
  const ended = (await scene.ended()).find(({ stream_id }) => stream_id === before.stream_id);
  equal(ended?.reason, "publisher_stop");
});

Deno.test("[WHP12] a publisher that vanishes ends its stream", async () => {
  const deadline = performance.now() + LOST_WITHIN;
  while (await deserted.stream() !== undefined) {
    ok(performance.now() < deadline, "the stream goes on without its publisher");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  equal((await deserted.ended())[0]?.reason, "publisher_lost");
});

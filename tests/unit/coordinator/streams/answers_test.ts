import { deepEqual, equal } from "node:assert/strict";
import { awaitedOf, STARTING_GRACE } from "../../../../coordinator/domain/stream.ts";
import { COMMAND_LIMIT } from "../../../../protocol/legs/agent_leg.ts";
import { openBench } from "../../../support/control/bench.ts";
import { openScene } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";

Deno.test("[STR38] an answer to a start that came too late does not bring the stream back", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const { id, payload } = await scene.device.wire.next("stream.start");
  scene.bench.clock.advance(COMMAND_LIMIT);
  equal((await answer).status, 504);
  scene.device.send("stream.start.response", { stream_id: payload.stream_id }, { id });
  await settle();
  const over = await scene.stream(payload.stream_id);
  deepEqual([over.state, over.reason, await scene.freePairs()], ["ended", "no_answer", 4]);
});

Deno.test("[STR38] of two answers to one start the first counts", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const { id, payload } = await scene.device.wire.next("stream.start");
  const error = { code: "source.busy", message: "/dev/video0 is in use" };
  scene.device.send("stream.start.response", { stream_id: payload.stream_id }, { id });
  scene.device.send("stream.start.response", { error }, { id });
  equal((await answer).status, 201);
  equal((await scene.stream(payload.stream_id)).state, "starting");
});

Deno.test("[STR39] the stored stream says which answer is awaited, and since when", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const { id, payload: { stream_id } } = await scene.device.wire.next("stream.start");
  const now = scene.bench.clock.epoch();
  const life = scene.bench.control.registry.get(stream_id)!.life;
  deepEqual(awaitedOf(life), { command: "stream.start", since: now });
  await settle();
  deepEqual((await scene.bench.store.streams.get(stream_id))?.life, life);
  scene.device.send("stream.start.response", { stream_id }, { id });
  await answer;
  equal(awaitedOf(scene.bench.control.registry.get(stream_id)!.life), undefined);
});

Deno.test("[STR40] a stop is sent once, however often it is asked for", async () => {
  using scene = await openScene();
  const answer = scene.ask();
  const { id, payload: { stream_id } } = await scene.device.wire.next("stream.start");
  await scene.stop();
  await scene.stop();
  equal(scene.device.wire.messages.some(({ type }) => type === "stream.stop"), false);
  scene.device.send("stream.start.response", { stream_id }, { id });
  await answer;
  await scene.stop();
  scene.device.status({ running_streams: [stream_id] });
  await settle();
  const stops = scene.device.wire.messages.filter(({ type }) => type === "stream.stop");
  equal(stops.length, 1);
});

Deno.test("[STR42] a coordinator that restarts during a start ends it when nothing is seen of it", async () => {
  using scene = await openScene();
  void scene.ask();
  const { payload: { stream_id } } = await scene.device.wire.next("stream.start");
  await settle();
  const { store } = scene.bench;
  // On a clock of its own: the time of the process before stands still.
  using bench = await openBench({ store, seed: 2 });
  const { life } = bench.control.registry.get(stream_id)!;
  deepEqual([life.state, awaitedOf(life)], ["starting", undefined]);
  bench.clock.advance(STARTING_GRACE);
  equal(bench.control.registry.get(stream_id), undefined);
  await settle();
  const row = await store.streams.get(stream_id);
  equal(row?.life.state === "ended" && row.life.reason, "never_started");
});

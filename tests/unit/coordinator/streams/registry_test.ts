import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { portsHeld } from "../../../../coordinator/domain/ports.ts";
import { AGENT_KEEP_ALIVE } from "../../../../coordinator/sockets/agent.ts";
import { longestSilence } from "../../../../protocol/connection/keep_alive.ts";
import type { Bench } from "../../../support/control/bench.ts";
import { FakeDevice } from "../../../support/control/device.ts";
import { FakeReceiver } from "../../../support/control/receiver.ts";
import { addDevice, openScene, type Scene, START } from "../../../support/control/scene.ts";
import { settle } from "../../../support/control/settle.ts";
import type { SenderId } from "../../../../protocol/ids.ts";

/** A device of the story: what it really runs, and how it behaves now. */
interface Box {
  readonly id: SenderId;
  device: FakeDevice;
  connected: boolean;
  readonly runs: Set<string>;
}

type Step =
  | {
    readonly kind: "start" | "stop" | "stats" | "status" | "crash" | "drop" | "back";
    readonly box: 0 | 1 | 2;
  }
  | { readonly kind: "worker_crash" | "worker_drop" | "worker_back" | "pictures" }
  | { readonly kind: "wait"; readonly seconds: number };

const box = fc.constantFrom(0 as const, 1 as const, 2 as const);
const kinds = fc.constantFrom("start", "stop", "stats", "status", "crash", "drop", "back");
const someSteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: kinds, box }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom("worker_crash", "worker_drop", "worker_back", "pictures"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("wait"),
        seconds: fc.constantFrom(1, 9, 16, 47, 95),
      }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 25 },
);

class Story {
  readonly boxes: Box[] = [];
  readonly #scene: Scene;
  readonly #receiver: FakeReceiver;
  readonly #bench: Bench;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#bench = scene.bench;
    this.#receiver = scene.receiver;
  }

  async cast(): Promise<void> {
    for (const name of ["a", "b", "c"]) {
      const { device, id } = await addDevice(this.#bench, this.#scene.admin, name);
      this.boxes.push({ id, device, connected: true, runs: new Set() });
    }
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case "wait":
        return await this.#bench.clock.run(step.seconds * 1_000);
      case "worker_crash":
        return this.#receiver.crash();
      case "worker_drop":
        return this.#receiver.drop();
      case "worker_back":
        return void this.#receiver.join();
      case "pictures":
        for (const id of this.#receiver.running.keys()) this.#receiver.stats(id);
        return;
      default:
        return await this.#act(this.boxes[step.box]!, step.kind);
    }
  }

  async #act(box: Box, kind: Exclude<Step, { seconds: number }>["kind"]): Promise<void> {
    const { http } = this.#bench;
    const path = `/api/senders/${box.id}/stream`;
    switch (kind) {
      case "start":
        void http("POST", `${path}/start`, { as: this.#scene.admin, body: START });
        break;
      case "stop":
        void http("POST", `${path}/stop`, { as: this.#scene.admin });
        break;
      case "stats":
        if (box.connected) { for (const id of box.runs) box.device.stats(id); }
        break;
      case "status":
        if (box.connected) box.device.status({ running_streams: [...box.runs] as never[] });
        break;
      case "crash":
        for (const stream_id of box.runs) {
          const end = { stream_id, reason: "pipeline_crash", duration_s: 1, total_bytes: 1 };
          if (box.connected) box.device.send("stream.ended", end);
        }
        box.runs.clear();
        break;
      case "drop":
        if (box.connected) box.device.drop();
        box.connected = false;
        break;
      case "back":
        if (!box.connected) await this.#comeBack(box);
        break;
    }
    await settle();
    this.#obey(box);
  }

  async #comeBack(box: Box): Promise<void> {
    const again = new FakeDevice(this.#bench, { key: box.device.key });
    const { payload } = await again.login(box.id, { running_streams: [...box.runs] });
    if (!payload.success) return;
    box.device = again;
    box.connected = true;
  }

  /** A device does what it was told since it was last looked at, in order. */
  #obey(box: Box): void {
    if (!box.connected) return;
    for (const { id, type, payload } of box.device.wire.messages.splice(0)) {
      if (type === "stream.start") {
        box.runs.add(payload.stream_id);
        box.device.send("stream.start.response", { stream_id: payload.stream_id }, { id });
      }
      if (type === "stream.stop") {
        box.runs.delete(payload.stream_id);
        box.device.send("stream.stop.response", { stream_id: payload.stream_id }, { id });
      }
    }
  }
}

/** What must hold at any moment. */
async function audit({ bench, receiver }: Scene): Promise<void> {
  const { control, store } = bench;
  const held = control.registry.all().flatMap((row) => portsHeld(row.ports));
  equal(new Set(held).size, held.length, "a port is held twice");
  equal(control.registry.taken(receiver.id).size, held.length);
  for (const row of await store.streams.list()) {
    const active = control.registry.get(row.stream_id);
    equal(active !== undefined, row.life.state !== "ended", "registry and store disagree");
    if (row.life.state !== "ended") continue;
    equal(row.ports.length, 0, "an ended stream holds a port");
    ok(row.life.reason.length > 0 && row.life.message.length > 0, "an end has no reason");
  }
}

Deno.test("[STR36] whatever fails in whatever order, the registry balance and every end has a reason", async () => {
  await fc.assert(
    fc.asyncProperty(someSteps, async (steps) => {
      using scene = await openScene();
      const story = new Story(scene);
      await story.cast();
      for (const step of steps) {
        await story.play(step);
        await settle();
        await audit(scene);
      }
      for (const each of story.boxes) if (each.connected) each.device.drop();
      scene.receiver.drop();
      await scene.bench.clock.run(4 * longestSilence(AGENT_KEEP_ALIVE));
      await settle();
      equal(scene.bench.control.registry.all().length, 0, "a stream outlives both its ends");
      await audit(scene);
    }),
    { numRuns: 60 },
  );
});

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

/** A device: the streams that it really runs, and whether it is connected. */
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

class Sequence {
  readonly boxes: Box[] = [];
  readonly #scene: Scene;
  readonly #receiver: FakeReceiver;
  readonly #bench: Bench;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#bench = scene.bench;
    this.#receiver = scene.receiver;
  }

  async addDevices(): Promise<void> {
    for (const name of ["a", "b", "c"]) {
      const { device, id } = await addDevice(this.#bench, this.#scene.admin, name);
      this.boxes.push({ id, device, connected: true, runs: new Set() });
    }
  }

  async apply(step: Step): Promise<void> {
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
        if (!box.connected) await this.#reconnect(box);
        break;
    }
    await settle();
    this.#carryOut(box);
  }

  async #reconnect(box: Box): Promise<void> {
    const again = new FakeDevice(this.#bench, { key: box.device.key });
    const { payload } = await again.login(box.id, { running_streams: [...box.runs] });
    if (!payload.success) return;
    box.device = again;
    box.connected = true;
  }

  /** Carries out the commands that the device received since the last call, in order. */
  #carryOut(box: Box): void {
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

/** Checks the conditions that must hold at any moment. */
async function checkInvariants({ bench, receiver }: Scene): Promise<void> {
  const { control, store } = bench;
  const held = control.registry.all().flatMap((row) => portsHeld(row.ports));
  equal(new Set(held).size, held.length, "a port is held twice");
  equal(control.registry.taken(receiver.id).size, held.length);
  for (const row of await store.streams.list()) {
    const active = control.registry.get(row.stream_id);
    equal(active !== undefined, row.life.state !== "ended", "registry and store differ");
    if (row.life.state !== "ended") continue;
    equal(row.ports.length, 0, "an ended stream holds a port");
    ok(row.life.reason.length > 0 && row.life.message.length > 0, "an end has no reason");
  }
}

Deno.test("[STR36] after any sequence of failures no port leaks and every ended stream has a reason", async () => {
  await fc.assert(
    fc.asyncProperty(someSteps, async (steps) => {
      using scene = await openScene();
      const sequence = new Sequence(scene);
      await sequence.addDevices();
      for (const step of steps) {
        await sequence.apply(step);
        await settle();
        await checkInvariants(scene);
      }
      for (const each of sequence.boxes) if (each.connected) each.device.drop();
      scene.receiver.drop();
      await scene.bench.clock.run(4 * longestSilence(AGENT_KEEP_ALIVE));
      await settle();
      equal(
        scene.bench.control.registry.all().length,
        0,
        "a stream is active without its device and its worker",
      );
      await checkInvariants(scene);
    }),
    { numRuns: 60 },
  );
});

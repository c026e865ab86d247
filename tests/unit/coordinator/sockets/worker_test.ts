import { deepEqual, equal, ok } from "node:assert/strict";
import { createFakeCoordinator, helloOf } from "../../../fakes/coordinator.ts";

Deno.test("[WRK1] a worker with the credential is accepted", () => {
  const { worker, services } = createFakeCoordinator();
  const w1 = worker("w1");
  const { payload } = w1.last("worker.hello.response");
  ok("pass_key" in payload);
  deepEqual([payload.worker_id, payload.pass_key.length], ["w1", 64]);
  equal(services.workers.choices().length, 1);
});

for (
  const [what, credential] of [
    ["a wrong credential", "someone else's"],
    ["no credential", ""],
    ["the beginning of one", "a worker's credentia"],
  ] as const
) {
  Deno.test(`[WRK1] ${what} is refused with a sentence, counted and closed for good`, () => {
    const { worker, services } = createFakeCoordinator();
    const w1 = worker("w1", { credential });
    deepEqual(w1.last("worker.hello.response").payload, {
      error: {
        code: "worker.credential",
        message: "Cannot accept worker w1: this coordinator has no such credential. Set " +
          "FARPAD_WORKER_CREDENTIAL to one that this coordinator made",
      },
    });
    equal(w1.wire.closeCode(), 4403);
    deepEqual(services.workers.choices(), []);
    ok(services.metrics.render().includes("farpad_worker_hellos_refused_total 1"));
  });
}

Deno.test("[WRK1] a message before the hello is ignored and closes the connection", () => {
  const { stranger, services } = createFakeCoordinator();
  const w1 = stranger();
  w1.say("worker.status", { cpu_percent: 1, memory_mb: 1, free_places: 1 });
  deepEqual(w1.wire.closed, {
    code: 4401,
    reason: "Closed: worker.status came before worker.hello",
  });
  deepEqual(services.workers.views(), []);
});

Deno.test("[WRK1] a second hello closes the connection, and the worker is not connected until it dials again", () => {
  const { worker, services } = createFakeCoordinator();
  const w1 = worker("w1");
  w1.say("worker.hello", helloOf("w2"));
  deepEqual(w1.wire.closed, { code: 4400, reason: "Closed: worker.hello came a second time" });
  deepEqual(services.workers.views().map(({ state }) => state), ["lost"]);
});

Deno.test("[LEG6] a worker's malformed message affects no player", () => {
  const { worker, user } = createFakeCoordinator();
  const w1 = worker("w1");
  const ana = user();
  w1.text("{");
  w1.say("webrtc.offer", { session_id: 7 });
  w1.say("no.such", {});
  equal(w1.wire.closeCode(), undefined);
  ana.say("workers.list", {});
  equal(ana.types().at(-1), "workers.list.response");
});

Deno.test("[WRK1] a credential never reaches the log", () => {
  const { worker, lines } = createFakeCoordinator();
  worker("w1");
  worker("w2", { credential: "wrong credential" });
  ok(lines.length > 0);
  ok(!lines.some((line) => line.includes('credential":"') || line.includes("wrong credential")));
});

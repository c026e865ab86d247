import { deepEqual, equal, ok } from "node:assert/strict";
import { WorkerId } from "../../../../protocol/ids.ts";
import { hashCredential, proofOf } from "../../../../protocol/legs/worker_proof.ts";
import { createFakeCoordinator, CREDENTIAL, helloOf } from "../../../fakes/coordinator.ts";
import { openBench } from "../../../support/control/bench.ts";

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
  w1.send("worker.status", { cpu_percent: 1, memory_mb: 1, free_places: 1 });
  deepEqual(w1.wire.closed, {
    code: 4401,
    reason: "Closed: worker.status came before worker.hello",
  });
  deepEqual(services.workers.views(), []);
});

Deno.test("[WRK1] a second hello closes the connection, and the worker is not connected until it dials again", () => {
  const { worker, services } = createFakeCoordinator();
  const w1 = worker("w1");
  w1.send("worker.hello", helloOf("w2"));
  deepEqual(w1.wire.closed, { code: 4400, reason: "Closed: worker.hello came a second time" });
  deepEqual(services.workers.views().map(({ state }) => state), ["lost"]);
});

Deno.test("[LEG6] a worker's malformed message affects no player", () => {
  const { worker, user } = createFakeCoordinator();
  const w1 = worker("w1");
  const ana = user();
  w1.text("{");
  w1.send("webrtc.offer", { session_id: 7 });
  w1.send("no.such", {});
  equal(w1.wire.closeCode(), undefined);
  ana.send("workers.list", {});
  equal(ana.types().at(-1), "workers.list.response");
});

Deno.test("[WRK1] a credential never reaches the log", () => {
  const { worker, lines } = createFakeCoordinator();
  worker("w1");
  worker("w2", { credential: "wrong credential" });
  ok(lines.length > 0);
  ok(!lines.some((line) => line.includes('credential":"') || line.includes("wrong credential")));
});

Deno.test("[CRD4] a worker with the credential of another is refused, and the other goes on", async () => {
  const { worker, services } = createFakeCoordinator();
  const credential = await services.credentials.mint(WorkerId.parse("w1"));
  const w1 = worker("w1", { credential: credential! });
  const thief = worker("w2", { credential: credential! });
  deepEqual(thief.last("worker.hello.response").payload, {
    error: {
      code: "worker.credential",
      message: "Cannot accept worker w2: its credential belongs to worker w1. Make one for this " +
        "worker, or set FARPAD_WORKER_ID",
    },
  });
  equal(thief.wire.closeCode(), 4403);
  equal(w1.wire.closed, undefined);
  deepEqual(services.workers.views().map(({ hello }) => hello.worker_id), ["w1"]);
});

Deno.test("[WRK11] a second program with the id of a connected worker is refused, and takes nothing over", () => {
  const { worker, services } = createFakeCoordinator();
  const w1 = worker("w1", { instance: "first", name: "The first" });
  const second = worker("w1", { instance: "second", name: "The second" });
  const { payload } = second.last("worker.hello.response");
  equal("error" in payload && payload.error.code, "worker.taken");
  equal(second.wire.closeCode(), 4423);
  equal(w1.wire.closed, undefined);
  deepEqual(services.workers.views().map(({ hello }) => hello.name), ["The first"]);
  w1.drop();
  const later = worker("w1", { instance: "second", name: "The second" });
  equal(later.wire.closed, undefined);
  deepEqual(services.workers.views().map(({ hello }) => hello.name), ["The second"]);
});

Deno.test("[WRK11] the same program on a newer connection replaces the older one, which may be dead", () => {
  const { worker } = createFakeCoordinator();
  const older = worker("w1", { instance: "first" });
  const newer = worker("w1", { instance: "first" });
  deepEqual([older.wire.closeCode(), newer.wire.closed], [4409, undefined]);
});

Deno.test("[WRK12] the answer to a hello proves that the credential is known, for this hello alone", () => {
  const { worker } = createFakeCoordinator();
  const proofs = ["A", "B"].map((letter) => {
    const nonce = letter.repeat(43);
    const { payload } = worker("w1", { nonce }).last("worker.hello.response");
    const proof = "proof" in payload ? payload.proof : undefined;
    const hello = { worker_id: WorkerId.parse("w1"), nonce };
    equal(proof, proofOf(hello, hashCredential(CREDENTIAL)));
    return proof;
  });
  ok(proofs[0] !== proofs[1]);
});

Deno.test("[CRD2] [CRD4] REST makes, lists and revokes credentials, and a revoked worker is out within a second", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  const operator = await bench.person(as, { role: "operator", email: "op@farpad.example" });
  const path = "/api/fleet/credentials";
  const make = (by: typeof as) => bench.http("POST", path, { as: by, body: { worker_id: "w1" } });
  equal((await make(operator)).status, 403);
  const made = await make(as);
  equal(made.status, 201);
  const { credential } = made.body;
  const again = await make(as);
  deepEqual([again.status, again.body.error.code], [409, "conflict"]);
  const listed = await bench.http("GET", path, { as });
  deepEqual(listed.body.items, [{ worker_id: "w1", created_at: bench.clock.epoch() }]);
  equal(JSON.stringify(await bench.store.audit.list()).includes(credential), false);

  const { wire, served } = bench.workerSocket();
  const payload = helloOf("w1", { credential });
  served.text(JSON.stringify({ id: "1", type: "worker.hello", payload }));
  equal((await bench.http("DELETE", `${path}/w1`, { as })).status, 200);
  bench.clock.advance(1_000);
  equal(wire.closed?.code, 4403);
  equal((await bench.http("DELETE", `${path}/w1`, { as })).status, 404);
});

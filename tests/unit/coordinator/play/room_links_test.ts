import { deepEqual, equal } from "node:assert/strict";
import { serveLeg } from "../../../../coordinator/sockets/serve_leg.ts";
import { workerLegServer } from "../../../../coordinator/sockets/worker.ts";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import type { Store } from "../../../../coordinator/ports.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import { toWorker } from "../../../../protocol/legs/worker_leg.ts";
import { DUEL, FakeEnd, helloOf, roomOf } from "../../../fakes/coordinator.ts";
import { openBench } from "../../../support/control/bench.ts";

const HOUR = 3_600_000;

/** A coordinator whose worker runs rooms r1 and r2, with a link to each and one to the library. */
async function setup(store?: Store) {
  const bench = await openBench(store && { store });
  const admin = await bench.admin();
  const { services, http, clock } = bench;
  const worker = (rooms: string[]) => {
    const end = new FakeEnd((wire) => {
      const server = workerLegServer(services, { ports: services });
      return serveLeg(server, { wire, address: "192.0.2.1", ports: services });
    }, toWorker.decode);
    const owner = { holder: admin.user_id, fleet: admin.user_id };
    end.send("worker.hello", {
      ...helloOf("w1"),
      ...{ rooms: rooms.map((id) => roomOf("w1", id)), apps: [DUEL], capacity: 4 },
      owners: rooms.map((id) => ({ room_id: RoomId.parse(id), owner })),
    });
    return end;
  };
  const w1 = worker(["r1", "r2"]);
  for (const room_id of ["r1", "r2", undefined]) {
    const body = { name: room_id ?? "library", role: "player", room_id };
    const made = await http("POST", "/api/access/links", { as: admin, body });
    equal(made.status, 201);
  }
  const links = async () => {
    await clock.run(0);
    return (await bench.store.shareLinks.list()).map(({ name }) => name).sort();
  };
  const close = (room_id: string) =>
    w1.send("room.closed", { room_id, reason: "left", message: "Left", sessions: [] });
  return { ...bench, bench, worker, w1, links, close };
}

Deno.test("[PAS12] the links to a room are removed when it closes, and no others", async () => {
  const { bench, links, close } = await setup();
  using _ = bench;
  close("r1");
  deepEqual(await links(), ["library", "r2"]);
});

Deno.test("[PAS12] a kept room keeps its links", async () => {
  const { bench, w1, links } = await setup();
  using _ = bench;
  w1.send("room.changed", { room: roomOf("w1", "r1", { state: "kept", closes_at: 30_000 }) });
  deepEqual(await links(), ["library", "r1", "r2"]);
});

Deno.test("[PAS12] the links to the rooms of a lost worker are removed, those of an absent one stay", async () => {
  const { bench, w1, clock, links } = await setup();
  using _ = bench;
  w1.drop();
  await clock.run(29_000);
  deepEqual(await links(), ["library", "r1", "r2"]);
  await clock.run(3_000);
  deepEqual(await links(), ["library"]);
});

Deno.test("[PAS12] a worker that is back without a room ends the links to it", async () => {
  const { bench, w1, worker, links } = await setup();
  using _ = bench;
  w1.drop();
  worker(["r2"]);
  deepEqual(await links(), ["library", "r2"]);
});

Deno.test("[PAS12] links that could not be removed are removed within an hour", async () => {
  const memory = createMemoryStore();
  let isBroken = false;
  const { shareLinks } = memory;
  const remove = (id: string) =>
    isBroken ? Promise.reject(new Error("the disk is full")) : shareLinks.remove(id);
  const { bench, clock, links, close } = await setup({
    ...memory,
    shareLinks: { ...shareLinks, remove },
  });
  using _ = bench;
  isBroken = true;
  close("r1");
  deepEqual(await links(), ["library", "r1", "r2"]);
  isBroken = false;
  await clock.run(HOUR);
  deepEqual(await links(), ["library", "r2"]);
});

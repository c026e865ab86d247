import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { KEEP_LIMIT } from "../../../../coordinator/domain/session.ts";
import { LEASE_TIME } from "../../../../coordinator/domain/lease.ts";
import { UNSEEN_GRACE } from "../../../../coordinator/domain/room.ts";
import { createFakeCoordinator, DUEL, type FakeUser } from "../../../fakes/coordinator.ts";
import { ObedientWorker } from "../../../fakes/obedient_worker.ts";

const PLAYERS = 4;
const WORKERS = 2;

const player = fc.nat(PLAYERS - 1);
const worker = fc.nat(WORKERS - 1);
const happening = fc.oneof(
  fc.record({ what: fc.constantFrom("join", "resume", "drop", "init", "quit"), who: player }),
  fc.record({ what: fc.constantFrom("media up", "media down", "join room"), who: player }),
  fc.record({ what: fc.constantFrom("unplug", "plug", "restart", "crash"), who: worker }),
  fc.record({ what: fc.constant("wait" as const), who: fc.nat(100_000) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Players and workers to whom things happen. */
function setup() {
  const { clock, services, user, worker } = createFakeCoordinator();
  const workers = Array.from(
    { length: WORKERS },
    (_, at) => new ObedientWorker(`w${at}`, { capacity: at + 1, dial: worker }),
  );
  const players: (FakeUser | undefined)[] = [];
  const tokens: string[] = [];

  function join(at: number, link: Record<string, string>): void {
    players[at]?.drop();
    players[at] = user(link);
  }
  function sessionOf(at: number) {
    const ready = players[at]?.wire.sent.findLast((text) => text.includes('"session.ready"'));
    return ready && JSON.parse(ready).payload;
  }
  function happen({ what, who }: Happening): void {
    for (let at = 0; at < PLAYERS; at++) tokens[at] = sessionOf(at)?.resume_token ?? tokens[at];
    const here = workers[who % WORKERS]!;
    switch (what) {
      case "join":
        return join(who, {});
      case "resume":
        return join(who, tokens[who] ? { resume: tokens[who] } : {});
      case "join room": {
        const [room] = services.workers.views().flatMap(({ rooms }) => rooms);
        return join(who, room ? { room_id: room.room_id } : {});
      }
      case "drop":
        players[who]?.drop();
        players[who] = undefined;
        return;
      case "init":
        players[who]?.send("webrtc.init", who % 2 ? {} : { app_id: DUEL.app_id });
        players[who]?.send("app.start", { app_id: DUEL.app_id });
        return;
      case "quit":
        players[who]?.send("app.quit", {});
        return;
      case "media up":
      case "media down":
        for (const each of workers) {
          const id = each.sessions[who];
          if (id) each.media(id, what === "media up");
        }
        return;
      case "unplug":
        return here.drop();
      case "plug":
        return here.connect();
      case "restart":
        return here.restart();
      case "crash":
        return here.crash(who);
      case "wait":
        return clock.advance(who);
    }
  }
  function work(): void {
    for (const each of workers) each.work();
  }
  return { clock, services, workers, players, happen, work };
}

Deno.test("[PLC1] after any faults, no worker has more rooms and leases than places", () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 80 }), (happenings) => {
      const { services, workers, happen, work } = setup();
      for (const each of happenings) {
        happen(each);
        work();
        for (const { hello, freePlaces, rooms } of services.workers.views()) {
          ok(rooms.length + freePlaces <= hello.capacity, hello.worker_id);
        }
        for (const each of workers) ok(each.taken <= each.capacity);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("[SES9] after any faults, no session is left at the coordinator or a worker once all players left", () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 80 }), (happenings) => {
      const { clock, services, workers, players, happen, work } = setup();
      for (const each of happenings) {
        happen(each);
        work();
      }
      for (const each of workers) each.connect();
      for (const each of players) each?.drop();
      for (
        let waited = 0;
        waited <= KEEP_LIMIT + LEASE_TIME + UNSEEN_GRACE;
        waited += 20_000
      ) {
        clock.advance(20_000);
        work();
      }
      deepEqual(services.sessions.all().map(({ session_id }) => session_id), []);
      for (const each of workers) equal(each.taken, 0);
      for (const { hello, freePlaces, rooms } of services.workers.views()) {
        deepEqual([rooms, freePlaces], [[], hello.capacity]);
      }
    }),
    { numRuns: 40 },
  );
});

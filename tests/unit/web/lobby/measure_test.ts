import { equal } from "node:assert/strict";
import { SessionId } from "../../../../protocol/ids.ts";
import { PING_LIMIT, toUser } from "../../../../protocol/legs/user_leg.ts";
import { Connection } from "../../../../web/play/join/connection.ts";
import {
  FIRST_DELAY,
  MEASURE_PERIOD,
  measureWhileSeen,
} from "../../../../web/play/lobby/measure_while_seen.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { createFakeDial } from "../../../fakes/dial.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { fakeWorkers, SESSION } from "../../../support/fake_library.ts";

Deno.test("[NOW4] a lobby measures again while it is seen, and no more once it is left", async () => {
  const clock = new FakeClock();
  let measured = 0;
  let isSeen = true;
  const measuring = measureWhileSeen({
    clock,
    isSeen: () => isSeen,
    measure: () => Promise.resolve(void (measured += 1)),
  });
  await clock.run(FIRST_DELAY);
  equal(measured, 1);
  await clock.run(2 * MEASURE_PERIOD);
  equal(measured, 3);
  isSeen = false;
  await clock.run(5 * MEASURE_PERIOD);
  equal(measured, 3);
  isSeen = true;
  await clock.run(MEASURE_PERIOD);
  equal(measured, 4);
  measuring[Symbol.dispose]();
  await clock.run(10 * MEASURE_PERIOD);
  equal(measured, 4);
});

Deno.test("[NOW4] a worker that does not answer any more has no round trip, and one that answers again has a new one", async () => {
  const clock = new FakeClock();
  const { dial, wires } = createFakeDial();
  let roundTrip = 80;
  const connection = new Connection({
    clock,
    random: new SeededRandom(),
    dial,
    ping: () => new Promise((resolve) => clock.after(roundTrip, () => resolve(undefined))),
    address: () => "",
    tokens: { take: () => undefined, keep: () => {} },
    roomId: undefined,
    listener: () => {},
  });
  const { far } = wires.at(-1)!;
  far.opened();
  const payload = {
    session_id: SessionId.parse(SESSION),
    resume_token: "secret-1",
    worker: fakeWorkers("http://ping")[0]!,
    rtt_ms: 120,
    ...{ ice_servers: [], apps: [], room: null, resumed: false },
  };
  far.text(toUser.encode({ id: "1", type: "session.ready", payload }));
  equal(connection.rtt, 120);
  await clock.run(PING_LIMIT);
  equal(connection.rtt, 80);
  roundTrip = 5_000;
  void connection.measureAgain();
  await clock.run(PING_LIMIT);
  equal(connection.rtt, undefined);
  roundTrip = 20;
  void connection.measureAgain();
  await clock.run(PING_LIMIT);
  equal(connection.rtt, 20);
  connection[Symbol.dispose]();
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod/mini";
import { Metrics } from "../../../../coordinator/metrics.ts";
import {
  createKeepAlive,
  KEEP_ALIVE,
  longestSilence,
} from "../../../../protocol/connection/keep_alive.ts";
import { createLegClient } from "../../../../protocol/connection/leg_client.ts";
import { readPing } from "../../../../protocol/connection/ping.ts";
import { leg, type LegMessage } from "../../../../protocol/leg.ts";
import { createLog } from "../../../../protocol/log.ts";
import { Cable } from "../../../support/control/cable.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const traffic = leg({ "news": z.object({}) });
type Traffic = LegMessage<typeof traffic>;

function setup() {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const log = createLog({ clock, sink: () => {} });
  let serverSends = (_: Traffic) => {};
  const cable = new Cable<Traffic, Traffic>({ clock, random, log, metrics: new Metrics() }, () => ({
    name: "test",
    incoming: traffic,
    outgoing: traffic,
    open(connection) {
      serverSends = (message) => void connection.send(message);
      return { receive: () => {}, closed: () => {} };
    },
  }));
  const ends: string[] = [];
  const client = createLegClient<Traffic, Traffic>({
    ...{
      clock,
      random,
      dial: cable.dial,
      url: () => "ws://test",
      incoming: traffic,
      outgoing: traffic,
    },
    listener: {
      opened: () => client.accepted(),
      received: () => {},
      unreadable: ({ refusal }) => ends.push(refusal.message),
      closed: ({ reason }) => ends.push(reason),
    },
  });
  const message: Traffic = { id: "1", type: "news", payload: {} };
  return {
    clock,
    cable,
    client,
    ends,
    serverSends: () => serverSends(message),
    clientSends: () => client.send(message),
  };
}

Deno.test("[LEG14] pings are sent by this end's own clock", () => {
  const clock = new FakeClock();
  let [pings, silent] = [0, 0];
  using alive = createKeepAlive({
    clock,
    timing: { period: 1_000, misses: 3 },
    ping: () => void pings++,
    silent: () => void silent++,
  });
  for (let second = 0; second < 60; second++) {
    clock.advance(1_000);
    alive.received();
  }
  deepEqual([pings, silent], [60, 0]);
  clock.advance(3_999);
  deepEqual([pings, silent], [63, 0]);
  clock.advance(1);
  clock.advance(60_000);
  deepEqual([pings, silent, clock.pending], [63, 1, 0]);
});

Deno.test("[LEG15] a sleep of this end counts as one ping, however long it was", () => {
  const clock = new FakeClock();
  let silent = 0;
  using alive = createKeepAlive({
    clock,
    timing: { period: 1_000, misses: 3 },
    ping: () => void clock.after(50, () => alive.received()),
    silent: () => void silent++,
  });
  for (let night = 0; night < 10; night++) {
    clock.sleep(8 * 3_600_000);
    clock.advance(10_000);
  }
  equal(silent, 0);
});

Deno.test("[LEG17] a connection that does not open within 15 s is lost, and dialled again", () => {
  const { clock, cable, ends } = setup();
  cable.lost.toServer = true;
  clock.advance(14_999);
  deepEqual(ends, []);
  clock.advance(1);
  deepEqual(ends, ["No connection within 15 s"]);
  clock.advance(2_000);
  equal(cable.dialled, 2);
});

/** What happens on a connection: traffic of either end, a pause, or an outage that both ends survive. */
const someTraffic = fc.array(
  fc.oneof(
    fc.constantFrom("server sends", "client sends"),
    fc.record({ pause: fc.integer({ min: 0, max: 600_000 }) }),
    fc.record({
      outage: fc.integer({ min: 0, max: 2 * KEEP_ALIVE.period - 100 }),
      of: fc.constantFrom("toServer", "toClient", "both"),
    }),
  ),
  { maxLength: 40 },
);
type Direction = "toServer" | "toClient" | "both";

Deno.test("[LEG15] no traffic, pause or short outage ends a connection; a break ends it for both", () => {
  fc.assert(fc.property(
    someTraffic,
    fc.constantFrom<Direction>("toServer", "toClient", "both"),
    (steps, broken) => {
      const { clock, cable, client, ends, serverSends, clientSends } = setup();
      const lose = (of: Direction, lost: boolean) => {
        if (of !== "toClient") cable.lost.toServer = lost;
        if (of !== "toServer") cable.lost.toClient = lost;
      };
      clock.advance(KEEP_ALIVE.period + 100);
      for (const step of steps) {
        if (step === "server sends") serverSends();
        else if (step === "client sends") clientSends();
        else if ("pause" in step) clock.advance(step.pause);
        else {
          lose(step.of as Direction, true);
          clock.advance(step.outage);
          lose(step.of as Direction, false);
          clock.advance(2 * KEEP_ALIVE.period);
        }
      }
      deepEqual([cable.dialled, cable.served[0]?.open, ends], [1, true, []]);
      lose(broken, true);
      clock.advance(longestSilence(KEEP_ALIVE) + 100);
      equal(ends.length > 0, true, "the client noticed nothing");
      equal(cable.served[0]?.open, false, "the server noticed nothing");
      client[Symbol.dispose]();
    },
  ));
});

Deno.test("[LEG14] a text is a ping only when its type is `ping`", () => {
  equal(readPing('{"id":"1","type":"ping"}')?.type, "ping");
  equal(readPing('{ "id": "1", "type" : "ping.response", "payload": {"error": {}} }')?.id, "1");
  for (
    const other of ['{"id":"1","type":"app.start","payload":{"type":"ping"}}', '"type":"ping"']
  ) {
    equal(readPing(other), undefined);
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    ok(readPing(`{"type":"ping",${text}`) === undefined || text.includes("id"));
  }));
});

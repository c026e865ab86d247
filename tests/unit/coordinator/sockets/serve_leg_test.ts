import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod/mini";
import { Metrics } from "../../../../coordinator/metrics.ts";
import {
  type Connection,
  type LegServer,
  MAX_BAD_MESSAGES,
  MAX_WAITING,
  serveLeg,
} from "../../../../coordinator/sockets/serve_leg.ts";
import { leg, type LegMessage } from "../../../../protocol/leg.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { FakeWire } from "../../../fakes/wire.ts";

const incoming = leg({ "greet": z.object({ name: z.string() }), "fail": z.object({}) });
const outgoing = leg({ "welcome": z.object({ name: z.string() }) });
type In = LegMessage<typeof incoming>;
type Out = LegMessage<typeof outgoing>;

function setup(options: Partial<LegServer<In, Out>> = {}) {
  const clock = new FakeClock();
  const wire = new FakeWire();
  const metrics = new Metrics();
  const lines: string[] = [];
  const received: string[] = [];
  const events: string[] = [];
  let connection: Connection<Out> | undefined;
  const served = serveLeg<In, Out>({
    name: "test",
    incoming,
    outgoing,
    open(opened) {
      connection = opened;
      return {
        receive(message) {
          if (message.type === "fail") throw new Error("a fault of ours");
          received.push(message.payload.name);
        },
        closed: () => void events.push("closed"),
        restart: (ms) => void events.push(`restart ${ms}`),
      };
    },
    ...options,
  }, {
    wire,
    address: "192.0.2.1",
    ports: {
      clock,
      metrics,
      random: new SeededRandom(),
      log: createLog({ clock, sink: (line) => lines.push(line) }),
    },
  });
  const greet = (name: string) =>
    served.text(JSON.stringify({ id: "1", type: "greet", payload: { name } }));
  const answers = () => wire.sent.map((text) => JSON.parse(text));
  return {
    clock,
    wire,
    metrics,
    lines,
    received,
    events,
    served,
    greet,
    answers,
    connection: connection!,
  };
}

Deno.test("[LEG1] a message reaches its listener, and an answer the other end", () => {
  const { greet, received, connection, answers } = setup();
  greet("Ada");
  ok(connection.send({ id: "2", type: "welcome", payload: { name: "Ada" } }));
  deepEqual(received, ["Ada"]);
  equal(answers()[0].type, "welcome");
});

const bad: readonly [string, string, string, string, string][] = [
  ["LEG2", "text that is no JSON", "{", "message", "message.malformed"],
  ["LEG2", "JSON that is no envelope", "[1]", "message", "message.malformed"],
  ["LEG2", "an envelope without an id", '{"type":"greet"}', "message", "message.malformed"],
  ["LEG4", "an unknown type", '{"id":"9","type":"dance"}', "dance", "message.unknown"],
  ["LEG5", "a payload of another shape", '{"id":"9","type":"greet"}', "greet", "message.invalid"],
];
for (const [rule, what, text, type, code] of bad) {
  Deno.test(`[${rule}] ${what} is refused, counted, and closes nothing`, () => {
    const { served, answers, wire, metrics, greet, received } = setup();
    served.text(text);
    const [answer] = answers();
    equal(answer.type, `${type}.response`);
    equal(answer.payload.error.code, code);
    ok(answer.payload.error.message.length > 10);
    if (text.includes('"id"')) equal(answer.id, "9");
    ok(metrics.render().includes(`farpad_messages_refused_total{leg="test",reason="${code}"} 1`));
    equal(wire.closeCode(), undefined);
    greet("Ada");
    deepEqual(received, ["Ada"]);
  });
}

Deno.test("[ENV5] a response that cannot be read is not answered", () => {
  const { served, wire } = setup();
  served.text('{"id":"9","type":"dance.response","payload":{}}');
  deepEqual(wire.sent, []);
});

Deno.test("[LEG3] a message beyond the limit closes the connection and is not parsed", () => {
  const { served, wire, events } = setup();
  served.text("x".repeat(incoming.maxLength + 1));
  deepEqual(wire.closed, {
    code: 1009,
    reason: "Closed: a message of 65537 characters is too large",
  });
  deepEqual(events, ["closed"]);
});

Deno.test("[LEG13] a binary message closes the connection", () => {
  const { served, wire } = setup();
  served.binary();
  equal(wire.closeCode(), 1003);
});

Deno.test("[LEG7] more than 20 unreadable messages within a minute end the connection", () => {
  const { served, wire, clock } = setup();
  for (let sent = 0; sent < MAX_BAD_MESSAGES; sent++) served.text("{");
  equal(wire.closeCode(), undefined);
  clock.advance(3_000);
  served.text("{");
  equal(wire.closeCode(), undefined);
  served.text("{");
  equal(wire.closeCode(), 4400);
});

Deno.test("[LEG8] more messages a second than the leg allows close it", () => {
  const { greet, wire, clock } = setup({ rate: { perSecond: 1, burst: 3 } });
  for (let sent = 0; sent < 3; sent++) greet("Ada");
  clock.advance(1_000);
  greet("Ada");
  equal(wire.closeCode(), undefined);
  greet("Ada");
  equal(wire.closeCode(), 4429);
});

Deno.test("[LEG8] a connection without a hello in time is closed", () => {
  const { served, wire, clock } = setup({ helloWithin: 5_000 });
  clock.advance(5_000);
  served.check();
  equal(wire.closeCode(), undefined);
  clock.advance(1);
  served.check();
  deepEqual(wire.closed, { code: 4408, reason: "Closed: no message came within 5 s" });
});

Deno.test("[LEG8] an unreadable message is no hello", () => {
  const { served, wire, clock } = setup({ helloWithin: 5_000 });
  served.text("{");
  clock.advance(5_001);
  served.check();
  equal(wire.closeCode(), 4408);
});

Deno.test("[LEG14] every period the other end is pinged, whatever else it sends", () => {
  const { wire, clock, greet } = setup({ keepAlive: { period: 5_000, misses: 3 } });
  for (let second = 1; second <= 20; second++) {
    clock.advance(1_000);
    greet("Ada");
  }
  equal(wire.pings, 4);
});

Deno.test("[LEG14] a ping is answered with its id, before the hello as well, and is no hello", () => {
  const { served, wire, clock, answers, received } = setup({ helloWithin: 5_000 });
  served.text('{"id":"7","type":"ping"}');
  const [{ id, type, payload }] = answers();
  deepEqual([id, type, payload, received], ["7", "ping.response", {}, []]);
  clock.advance(5_001);
  served.check();
  equal(wire.closeCode(), 4408);
});

Deno.test("[LEG15] an end that leaves three pings without any message is closed at the fourth", () => {
  const { wire, clock, greet, events } = setup({ keepAlive: { period: 5_000, misses: 3 } });
  clock.advance(14_000);
  greet("Ada");
  clock.advance(15_999);
  equal(wire.closeCode(), undefined);
  clock.advance(1);
  deepEqual(wire.closed, { code: 4408, reason: "Closed: no message came for up to 20 s" });
  deepEqual(events, ["closed"]);
  equal(clock.pending, 0);
});

Deno.test("[LEG15] after a stall of the coordinator the other end has a period to send a message", () => {
  const { served, wire, clock } = setup({ keepAlive: { period: 5_000, misses: 3 } });
  wire.answersTo = served;
  clock.advance(5_000);
  clock.sleep(60_000);
  clock.advance(0);
  equal(wire.closeCode(), undefined);
  clock.advance(3_600_000);
  equal(wire.closeCode(), undefined);
});

Deno.test("[LEG16] a program that only listens is not closed, until it has answered a ping", () => {
  const listener = setup({ mayOnlyListen: true });
  listener.clock.advance(3_600_000);
  equal(listener.wire.closeCode(), undefined);
  listener.wire.answersTo = listener.served;
  listener.clock.advance(20_000);
  listener.wire.answersTo = undefined;
  listener.clock.advance(80_000);
  equal(listener.wire.closeCode(), 4408);
});

Deno.test("[LEG12] an end that leaves too much unread is closed before the next message", () => {
  const { connection, wire, events } = setup();
  wire.bufferedAmount = MAX_WAITING + 1;
  equal(connection.send({ id: "2", type: "welcome", payload: { name: "Ada" } }), false);
  equal(wire.closeCode(), 4413);
  deepEqual(wire.sent, []);
  deepEqual(events, ["closed"]);
});

Deno.test("[LEG12] an end that reads nothing between two checks is closed, one that reads is not", () => {
  const { served, wire, connection } = setup();
  const check = (waiting: number) => {
    wire.bufferedAmount = waiting;
    served.check();
    return wire.closeCode();
  };
  for (const waiting of [500, 400, 0, 300]) equal(check(waiting), undefined);
  // What waited has left, and as much was sent again.
  connection.send({ id: "2", type: "welcome", payload: { name: "x".repeat(300) } });
  equal(check(300), undefined);
  equal(check(300), 4413);
});

Deno.test("[LEG6] an exception is logged, answered, and closes nothing", () => {
  const { served, answers, lines, wire, greet, received } = setup();
  served.text('{"id":"9","type":"fail","payload":{}}');
  const [answer] = answers();
  deepEqual([answer.id, answer.type, answer.payload.error.code], [
    "9",
    "fail.response",
    "internal",
  ]);
  ok(lines.some((line) => line.includes("a fault of ours")));
  greet("Ada");
  deepEqual([received, wire.closed], [["Ada"], undefined]);
});

Deno.test("[LEG6] a rejected promise is answered like an exception", async () => {
  const { served, answers } = setup({
    open: () => ({ receive: () => Promise.reject(new Error("later")), closed: () => {} }),
  });
  served.text('{"id":"9","type":"fail","payload":{}}');
  await Promise.resolve();
  await Promise.resolve();
  equal(answers()[0].payload.error.code, "internal");
});

Deno.test("[CLS1] a connection that ended sends and receives nothing more", () => {
  const { connection, served, greet, wire, received, events } = setup();
  connection.close(4403, "Closed: no");
  equal(connection.send({ id: "2", type: "welcome", payload: { name: "Ada" } }), false);
  greet("Ada");
  served.gone();
  served.check();
  served.restart(1);
  deepEqual([wire.sent, received, events], [[], [], ["closed"]]);
});

Deno.test("[CLS1] a listener that closes the connection while it opens is notified of the close", () => {
  const events: string[] = [];
  const { served } = setup({
    open(connection) {
      connection.close(4403, "Closed: no");
      return { receive() {}, closed: () => void events.push("closed") };
    },
  });
  deepEqual([events, served.open], [["closed"], false]);
});

Deno.test("[CLS1] a restart notifies the listener and closes with 1012", () => {
  const { served, wire, events } = setup();
  served.restart(1_000);
  equal(wire.closeCode(), 1012);
  deepEqual(events, ["restart 1000", "closed"]);
});

Deno.test("[LEG6] no text causes an exception", () => {
  fc.assert(fc.property(
    fc.oneof(fc.string(), fc.json(), fc.json().map((id) => `{"id":${id},"type":"greet"}`)),
    (text) => {
      const { served, events } = setup();
      served.text(text);
      deepEqual(events, []);
    },
  ));
});

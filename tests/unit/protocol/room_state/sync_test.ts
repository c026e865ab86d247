import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import { type Entities, HISTORY } from "../../../../protocol/room_state/document.ts";
import {
  acknowledged,
  type DocumentState,
  EMPTY,
  entitiesOf,
  receiveState,
} from "../../../../protocol/room_state/page_sync.ts";
import { isLater, LAST_REVISION, nextRevision } from "../../../../protocol/room_state/revision.ts";
import { decodeState, encodeState } from "../../../../protocol/room_state/wire.ts";
import {
  beginHistory,
  commit,
  type History,
  newestOf,
  type PageState,
  STATE_PERIOD,
  stepPage,
  UNSEEN,
} from "../../../../protocol/room_state/worker_sync.ts";

const person = (name: string) => ({ person: { name } });
const ONE: Entities = { p1: person("Ann") };
const TWO: Entities = { p1: person("Ann"), p2: person("Bob") };

/** A worker and one page, without a network between them. */
class Pair {
  history: History;
  page: PageState = UNSEEN;
  document: DocumentState = EMPTY;
  now = 0 as Millis;

  constructor(entities: Entities = ONE, revision = 1) {
    this.history = beginHistory(entities, revision);
  }

  acknowledge(revision = acknowledged(this.document)) {
    const event = { type: "acknowledged", revision } as const;
    this.page = stepPage(this.page, event, this.history).page;
  }

  due() {
    const { page, send } = stepPage(this.page, { type: "due", now: this.now }, this.history);
    this.page = page;
    return send;
  }

  change(entities: Entities) {
    this.history = commit(this.history, entities);
  }

  pass(ms: number) {
    this.now = (this.now + ms) as Millis;
  }

  /** Sends what is due; it arrives and is acknowledged. */
  settle() {
    const message = this.due();
    if (message) this.document = receiveState(this.document, message);
    this.acknowledge();
    return message;
  }
}

Deno.test("[RDO3] a page gets nothing before its first intent, then the whole document", () => {
  const pair = new Pair();
  equal(pair.due(), undefined);
  pair.acknowledge();
  deepEqual(pair.settle(), { type: "set", revision: 1, entities: ONE });
  deepEqual(entitiesOf(pair.document), ONE);
});

Deno.test("[RDO3] a change is sent as a patch from the acknowledged document", () => {
  const pair = new Pair();
  pair.acknowledge();
  pair.settle();
  pair.change(TWO);
  pair.pass(STATE_PERIOD);
  const patch = { p2: person("Bob") };
  deepEqual(pair.settle(), { type: "merge", revision: 2, from: 1, patch });
  deepEqual(entitiesOf(pair.document), TWO);
});

Deno.test("[RDO4] a page that holds the newest document is sent nothing", () => {
  const pair = new Pair();
  pair.acknowledge();
  pair.settle();
  for (let second = 0; second < 60; second++) {
    pair.pass(1_000);
    pair.acknowledge();
    equal(pair.due(), undefined);
  }
});

Deno.test("[RDO4] a document equal to the newest is no new one", () => {
  const pair = new Pair();
  pair.change(structuredClone(ONE) as Entities);
  equal(newestOf(pair.history).revision, 1);
});

Deno.test("[RDO5] however often the document changes, a page gets twenty messages a second", () => {
  const pair = new Pair();
  pair.acknowledge();
  let sent = 0;
  for (let ms = 0; ms < 1_000; ms++) {
    pair.change({ p1: person(`Ann ${ms}`) });
    if (pair.settle()) sent += 1;
    pair.pass(1);
  }
  equal(sent, 20);
});

Deno.test("[RDO5] a page that says that it holds nothing gets the whole document four times a second at most", () => {
  const pair = new Pair();
  pair.acknowledge();
  const whole: number[] = [];
  for (let ms = 0; ms < 1_000; ms++) {
    pair.change({ p1: person(`Ann ${ms}`) });
    if (pair.due()?.type === "set") whole.push(ms);
    // It takes each of them, and says at once that it lost it.
    pair.acknowledge(newestOf(pair.history).revision);
    pair.acknowledge(0);
    pair.pass(1);
  }
  deepEqual(whole, [0, 250, 500, 750]);
});

Deno.test("[RDO6] what is not acknowledged is repeated, each time later, up to once a second", () => {
  const pair = new Pair();
  pair.acknowledge();
  const times: number[] = [];
  for (let ms = 0; ms < 4_000; ms += 10) {
    if (pair.due()) times.push(ms);
    pair.acknowledge(0); // intents without a document go on
    pair.pass(10);
  }
  deepEqual(times, [0, 250, 750, 1_750, 2_750, 3_750]);
});

Deno.test("[RDO7] a page whose document is older than the history gets the newest whole", () => {
  const pair = new Pair();
  pair.acknowledge();
  pair.settle();
  for (let change = 0; change < HISTORY; change++) pair.change({ p1: person(`Ann ${change}`) });
  pair.pass(250);
  pair.acknowledge(1);
  equal(pair.settle()?.type, "set");
  deepEqual(entitiesOf(pair.document), newestOf(pair.history).entities);
});

Deno.test("[RDO7] a patch from a document that the page does not hold makes it ask for the whole", () => {
  const pair = new Pair();
  pair.acknowledge();
  pair.settle();
  pair.change(TWO);
  pair.pass(STATE_PERIOD);
  pair.document = EMPTY;
  pair.settle();
  equal(acknowledged(pair.document), 0);
  pair.pass(250);
  equal(pair.settle()?.type, "set");
  deepEqual(entitiesOf(pair.document), TWO);
});

Deno.test("[RDO7] a patch that gives no document makes the page ask for the whole", () => {
  const holding = receiveState(EMPTY, { type: "set", revision: 1, entities: ONE });
  const bad = { type: "merge", revision: 2, from: 1, patch: { p1: "no entity" } } as const;
  equal(acknowledged(receiveState(holding, bad)), 0);
});

Deno.test("[RDO7] an acknowledgement of a document that never was counts as none", () => {
  const pair = new Pair();
  pair.acknowledge(77);
  equal(pair.settle()?.type, "set");
});

Deno.test("[RDO8] late and repeated messages change nothing", () => {
  const set = { type: "set", revision: 5, entities: ONE } as const;
  const holding = receiveState(EMPTY, set);
  equal(receiveState(holding, set), holding);
  equal(receiveState(holding, { ...set, revision: 4, entities: TWO }), holding);
  const gone = { type: "merge", revision: 5, from: 1, patch: {} } as const;
  equal(receiveState(holding, gone), holding);
});

Deno.test("[RDO8] an acknowledgement that was overtaken changes nothing", () => {
  const pair = new Pair();
  pair.change(TWO);
  pair.acknowledge(2);
  const before = pair.page;
  pair.acknowledge(1);
  equal(pair.page, before);
});

Deno.test("[RDO9] revisions wrap to 1, and later stays later", () => {
  equal(nextRevision(LAST_REVISION), 1);
  ok(isLater(1, LAST_REVISION) && !isLater(LAST_REVISION, 1));
  ok(isLater(1, 0) && !isLater(0, 1) && !isLater(0, 0));
  const pair = new Pair(ONE, LAST_REVISION);
  pair.acknowledge();
  pair.settle();
  pair.change(TWO);
  pair.pass(STATE_PERIOD);
  deepEqual(pair.settle(), {
    type: "merge",
    revision: 1,
    from: LAST_REVISION,
    patch: { p2: person("Bob") },
  });
  deepEqual(entitiesOf(pair.document), TWO);
});

type Act =
  | { readonly type: "change"; readonly entities: Entities }
  /** Time passes, the page sends an intent and the worker what is due. */
  | { readonly type: "pass"; readonly ms: number }
  /** One of the messages under way arrives, and may arrive again. */
  | { readonly type: "arrive"; readonly way: "up" | "down"; readonly at: number; again: boolean }
  | { readonly type: "lose"; readonly way: "up" | "down"; readonly at: number }
  /** The page loses what it holds. */
  | { readonly type: "forget" };

const entities: fc.Arbitrary<Entities> = fc.dictionary(
  fc.constantFrom("p1", "p2", "p3", "room"),
  fc.dictionary(
    fc.constantFrom("person", "voice"),
    fc.oneof(fc.constantFrom("a", 1, true), fc.dictionary(fc.constantFrom("x", "y"), fc.nat(9))),
    { maxKeys: 2, noNullPrototype: true },
  ),
  { maxKeys: 4, noNullPrototype: true },
) as fc.Arbitrary<Entities>;
const way = fc.constantFrom("up" as const, "down" as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("change" as const), entities }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.integer({ min: 1, max: 400 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("arrive" as const),
      way,
      at: fc.nat(),
      again: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("lose" as const), way, at: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ type: "forget" as const }) },
);

Deno.test("[RDO1] after any changes, losses, repetitions and reorderings a page has the worker's document", () => {
  const start = fc.constantFrom(1, LAST_REVISION - 3);
  fc.assert(
    fc.property(start, fc.array(act, { maxLength: 200 }), (revision, acts) => {
      const pair = new Pair(ONE, revision);
      const up: number[] = [];
      const down: Uint8Array[] = [];
      const arrive = (where: "up" | "down", at: number, keep: boolean) => {
        const queue = where === "up" ? up : down;
        if (queue.length === 0) return;
        const index = at % queue.length;
        const [message] = keep ? [queue[index]] : queue.splice(index, 1);
        if (typeof message === "number") return pair.acknowledge(message);
        const state = decodeState(message!);
        ok(state, "every message that is sent can be read");
        pair.document = receiveState(pair.document, state);
      };
      const pass = (ms: number) => {
        pair.pass(ms);
        up.push(acknowledged(pair.document));
        const message = pair.due();
        if (message) down.push(encodeState(message));
      };
      for (const each of acts) {
        if (each.type === "change") pair.change(each.entities);
        else if (each.type === "pass") pass(each.ms);
        else if (each.type === "forget") pair.document = EMPTY;
        else if (each.type === "arrive") arrive(each.way, each.at, each.again);
        else (each.way === "up" ? up : down).splice(each.at % 8, 1);
      }
      // The path is well again: what is still under way arrives in any order, then everything in time.
      while (up.length > 0) arrive("up", up.length - 1, false);
      while (down.length > 0) arrive("down", down.length - 1, false);
      for (let round = 0; round < 6; round++) {
        pass(1_000);
        while (down.length > 0) arrive("down", 0, false);
        while (up.length > 0) arrive("up", 0, false);
      }
      deepEqual(entitiesOf(pair.document), newestOf(pair.history).entities);
      pass(1_000);
      equal(down.length, 0, "then nothing more is sent");
    }),
    { numRuns: 400 },
  );
});

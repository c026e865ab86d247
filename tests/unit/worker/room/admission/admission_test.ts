import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_SEATS, SessionId } from "../../../../../protocol/ids.ts";
import {
  Admission,
  CONNECTING_FOR,
  LONGEST_WAIT,
  MAX_CONNECTING,
  PLACES,
  type Rank,
  RANKS,
} from "../../../../../worker/room/admission/admission.ts";
import { FakeClock } from "../../../../fakes/clock.ts";

/** A room without connections: a test says who has connected and who has left. */
function setup() {
  const clock = new FakeClock();
  const members = new Map<string, { connected: boolean; since: number }>();
  const begun: string[] = [];
  const refused: string[] = [];
  const admission = new Admission(clock, () => {
    const since = clock.now() - CONNECTING_FOR;
    const connecting = [...members.values()].filter((each) =>
      !each.connected && each.since > since
    );
    return { size: members.size, connecting: connecting.length };
  });
  const ask = (name: string, rank: Rank = "watcher") =>
    admission.ask({
      session: SessionId.parse(name),
      rank,
      begin: () => {
        begun.push(name);
        members.set(name, { connected: false, since: clock.now() });
      },
      refuse: ({ code }) => void refused.push(`${name} ${code}`),
    });
  const connected = (name: string) => {
    members.get(name)!.connected = true;
    admission.next();
  };
  const left = (name: string) => {
    members.delete(name);
    admission.leave(SessionId.parse(name));
    admission.next();
  };
  const pass = (ms: number) => {
    clock.advance(ms);
    admission.next();
  };
  return { admission, members, begun, refused, ask, connected, left, pass };
}

const many = (count: number, of = "w") => Array.from({ length: count }, (_, n) => `${of}${n}`);

Deno.test("[ROM25] six connect at once, and each that has connected lets the next begin, in their order", () => {
  const { begun, refused, ask, connected } = setup();
  for (const name of many(20)) ask(name);
  deepEqual(begun, many(MAX_CONNECTING));
  for (const name of many(20)) connected(name);
  deepEqual([begun, refused], [many(20), []]);
});

Deno.test("[ROM25] whoever holds a seat comes first, then who may play", () => {
  const { begun, ask, connected } = setup();
  for (const name of many(10)) ask(name);
  ask("player", "player");
  ask("ana", "seated");
  for (const name of many(3)) connected(name);
  deepEqual(begun.slice(MAX_CONNECTING), ["ana", "player", "w6"]);
});

Deno.test("[ROM25] six that never answer hold nobody up for longer than 3 s", () => {
  const { begun, refused, ask, pass } = setup();
  for (const name of many(7)) ask(name);
  pass(CONNECTING_FOR - 1);
  equal(begun.length, MAX_CONNECTING);
  pass(1);
  deepEqual([begun, refused], [many(7), []]);
});

Deno.test("[ROM25] who waits for too long is refused, to ask again", () => {
  const { begun, refused, ask, pass, admission } = setup();
  for (const name of many(30)) ask(name);
  for (let ms = 0; ms < LONGEST_WAIT; ms += 250) pass(250);
  equal(begun.length, 2 * MAX_CONNECTING);
  equal(refused.length, 30 - begun.length);
  ok(refused.every((each) => each.endsWith("room.crowded")));
  equal(admission.waiting, 0);
});

Deno.test("[ROM25] who asks again keeps its turn, and who leaves has none", () => {
  const { begun, ask, connected, left } = setup();
  for (const name of many(9)) ask(name);
  ask("w6");
  left("w7");
  for (const name of many(MAX_CONNECTING)) connected(name);
  deepEqual(begun.slice(MAX_CONNECTING), ["w6", "w8"]);
});

Deno.test("[ROM20] a hundred watchers leave places to those who play", () => {
  const { begun, refused, ask, members, connected } = setup();
  for (const name of many(100)) ask(name);
  deepEqual(refused, many(100).slice(PLACES.watcher).map((name) => `${name} room.full`));
  for (const name of many(PLACES.watcher)) connected(name);
  equal(members.size, PLACES.watcher);
  for (const name of many(10, "p")) {
    ask(name, "player");
    if (members.has(name)) connected(name);
  }
  deepEqual(refused.slice(-2), ["p8 room.full", "p9 room.full"]);
  for (const name of many(3, "h")) {
    ask(name, "host");
    if (members.has(name)) connected(name);
  }
  deepEqual([refused.at(-1), members.size], ["h2 room.full", PLACES.host]);
  for (const name of many(MAX_SEATS, "s")) {
    ask(name, "seated");
    connected(name);
  }
  equal(members.size, PLACES.seated);
  equal(begun.length, PLACES.seated);
});

Deno.test("[ROM20] [ROM25] in any order of events no bound is passed, and everybody is begun or refused", () => {
  const event = fc.record({
    what: fc.constantFrom("ask", "ask", "ask", "connected", "left", "pass"),
    who: fc.nat(90),
    rank: fc.constantFrom(...RANKS),
  });
  fc.assert(fc.property(fc.array(event, { maxLength: 400 }), (events) => {
    const { admission, members, begun, refused, ask, connected, left, pass } = setup();
    const asked = new Set<string>();
    for (const { what, who, rank } of events) {
      // A session has one rank: its name says which.
      const name = `${rank[0]}${who}`;
      if (what === "ask" && !members.has(name)) asked.add(name), ask(name, rank);
      else if (what === "connected" && members.has(name)) connected(name);
      else if (what === "left") asked.delete(name), left(name);
      else if (what === "pass") pass(500);
      const connecting = [...members.values()].filter((each) => !each.connected).length;
      ok(members.size <= PLACES.seated);
      ok([...members.keys()].filter((each) => each.startsWith("w")).length <= PLACES.watcher);
      ok(connecting <= members.size);
      ok(admission.waiting <= PLACES.seated);
    }
    for (let ms = 0; ms <= LONGEST_WAIT; ms += 250) pass(250);
    equal(admission.waiting, 0);
    for (const name of asked) {
      ok(begun.includes(name) || refused.some((each) => each.startsWith(`${name} `)), name);
    }
  }));
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  adopted,
  BROWSING,
  HIDDEN_GRACE,
  HIDDEN_NOTICE,
  holdsPlace,
  KEEP_LIMIT,
  LINGER,
  LINGER_GONE,
  LINGER_WITH_MEDIA,
  LONGEST_NEGOTIATION,
  NEGOTIATION_LIMIT,
  RELOAD_LIMIT,
  type SessionEvent,
  type SessionState,
  step,
  UNCONNECTED_LIMIT,
} from "../../../../coordinator/domain/session.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { EndReason } from "../../../../protocol/legs/room.ts";

const at = (now: number) => now as Millis;

/** The state of a session after `events`, one a millisecond. */
function after(...events: SessionEvent[]): SessionState {
  return events.reduce((state, event, now) => step(state, event, at(now)), BROWSING);
}
const preconnectAsked: SessionEvent = { type: "preconnect_asked" };
const placeAsked: SessionEvent = { type: "place_asked" };
const mediaUp: SessionEvent = { type: "media", connected: true };
const mediaDown: SessionEvent = { type: "media", connected: false };
const gone: SessionEvent = { type: "socket_gone", closing: false };
const closed: SessionEvent = { type: "socket_gone", closing: true };
const needed: SessionEvent = { type: "place_needed" };
const back: SessionEvent = { type: "socket_back" };
const tick: SessionEvent = { type: "tick" };

const paths: readonly [string, readonly SessionEvent[], SessionState["state"]][] = [
  ["SES1", [], "browsing"],
  ["SES1", [placeAsked], "negotiating"],
  ["SES1", [placeAsked, mediaUp], "playing"],
  ["SES1", [placeAsked, mediaUp, mediaDown], "interrupted"],
  ["SES1", [placeAsked, mediaUp, mediaDown, mediaUp], "playing"],
  ["SES1", [placeAsked, mediaUp, placeAsked], "playing"],
  ["SES7", [placeAsked, mediaUp, { type: "place_given_up" }], "browsing"],
  ["SES2", [placeAsked, mediaUp, gone], "lingering"],
  ["SES2", [placeAsked, mediaUp, gone, back], "playing"],
  ["SES2", [placeAsked, mediaUp, gone, mediaDown, back], "interrupted"],
  ["SES15", [placeAsked, mediaUp, closed, mediaDown, back], "interrupted"],
  ["SES2", [placeAsked, gone, mediaUp, back], "playing"],
  ["SES2", [gone, back], "browsing"],
  ["SES2", [gone, { type: "place_given_up" }, back], "browsing"],
  ["SES7", [placeAsked, { type: "place_given_up" }, mediaUp], "browsing"],
  ["PRE1", [preconnectAsked], "preconnected"],
  ["PRE1", [preconnectAsked, mediaUp], "preconnected"],
  ["PRE4", [preconnectAsked, mediaUp, placeAsked], "negotiating"],
  ["PRE5", [preconnectAsked, mediaUp, mediaDown], "browsing"],
  ["PRE6", [preconnectAsked, gone, back], "browsing"],
  ["PRE2", [placeAsked, preconnectAsked], "negotiating"],
  ["PRE2", [gone, preconnectAsked, back], "browsing"],
  ["SES9", [{ type: "end_asked", reason: "quit" }, placeAsked, mediaUp], "ended"],
];
for (const [rule, events, state] of paths) {
  const reported = events.map((event) =>
    event.type === "media" ? `media ${event.connected ? "up" : "down"}` : event.type
  );
  Deno.test(`[${rule}] ${reported.join(", ") || "a new session"} makes it ${state}`, () => {
    equal(after(...events).state, state);
  });
}

const limits: readonly [string, readonly SessionEvent[], number, string][] = [
  ["SES3", [placeAsked], NEGOTIATION_LIMIT, "not_connected"],
  ["SES2", [gone], LINGER, "left"],
  ["SES3", [placeAsked, gone], UNCONNECTED_LIMIT, "left"],
  ["SES14", [placeAsked, mediaUp, mediaDown], KEEP_LIMIT, "left"],
  ["SES14", [placeAsked, mediaUp, gone], KEEP_LIMIT, "left"],
  ["SES14", [placeAsked, mediaUp, gone, mediaDown], KEEP_LIMIT, "left"],
  ["SES15", [placeAsked, mediaUp, closed], RELOAD_LIMIT, "left"],
];
for (const [rule, events, limit, reason] of limits) {
  Deno.test(`[${rule}] ${after(...events).state} ends after ${limit} ms as ${reason}`, () => {
    const since = events.length - 1;
    const session = after(...events);
    equal(step(session, tick, at(since + limit - 1)), session);
    deepEqual(step(session, tick, at(since + limit)), { state: "ended", reason });
  });
}

/** A page that asks anew, or comes back with a new socket and asks, each time its place is about to be lost. */
const anew: readonly (readonly SessionEvent[])[] = [[placeAsked], [gone, back, placeAsked]];
for (const events of anew) {
  const types = events.map(({ type }) => type).join(", ");
  Deno.test(`[SES3] ${types} gives a page the time of one more try, and nobody a place for ever`, () => {
    let session = step(BROWSING, placeAsked, at(0));
    const ask = (now: number) =>
      session = events.reduce((state, event) => step(state, event, at(now)), session);
    ask(30_500);
    equal(step(session, tick, at(60_400)).state, "negotiating");
    for (let now = 60_500; now < LONGEST_NEGOTIATION; now += 100) ask(now);
    equal(step(session, tick, at(LONGEST_NEGOTIATION - 1)).state, "negotiating");
    const ended = { state: "ended", reason: "not_connected" };
    deepEqual(step(session, tick, at(LONGEST_NEGOTIATION)), ended);
  });
}

const spared: readonly [readonly SessionEvent[], number][] = [
  [[placeAsked, mediaUp, mediaDown], LINGER],
  [[placeAsked, mediaUp, gone], LINGER_WITH_MEDIA],
  [[placeAsked, mediaUp, gone, mediaDown], LINGER_GONE],
];
for (const [events, limit] of spared) {
  const types = events.map(({ type }) => type).join(", ");
  Deno.test(`[SES14] after ${types} a place may go to another player after ${limit} ms`, () => {
    const since = events.length - 1;
    const session = after(...events);
    equal(step(session, needed, at(since + limit - 1)), session);
    const ended = { state: "ended", reason: "place_needed" };
    deepEqual(step(session, needed, at(since + limit)), ended);
  });
}

Deno.test("[SES14] a connected player never loses the place to another player", () => {
  for (const session of [after(placeAsked, mediaUp), after(placeAsked), after()]) {
    equal(step(session, needed, at(KEEP_LIMIT - 1)), session);
  }
});

const [hidden, seen, wanted]: SessionEvent[] = [
  { type: "page", hidden: true },
  { type: "page", hidden: false },
  { type: "place_wanted" },
];

Deno.test("[SES18] a hidden page keeps its place for five minutes after a warning, and for ever without one", () => {
  const playing = after(placeAsked, mediaUp, hidden!);
  equal(step(playing, needed, at(KEEP_LIMIT)), playing);
  equal(step(playing, wanted!, at(HIDDEN_GRACE)), playing);
  const warnedAt = HIDDEN_GRACE + 10;
  const warned = step(playing, wanted!, at(warnedAt));
  equal(step(warned, wanted!, at(warnedAt + HIDDEN_NOTICE)), warned);
  equal(step(warned, needed, at(warnedAt + HIDDEN_NOTICE - 1)), warned);
  const ended = { state: "ended", reason: "place_needed" };
  deepEqual(step(warned, needed, at(warnedAt + HIDDEN_NOTICE)), ended);
});

Deno.test("[SES18] who comes back keeps the place; a warning that nobody used is given again", () => {
  const warned = step(after(placeAsked, mediaUp, hidden!), wanted!, at(HIDDEN_GRACE + 10));
  deepEqual(step(warned, seen!, at(HIDDEN_GRACE + 20)), { state: "playing" });
  const later = at(HIDDEN_GRACE + 2 * HIDDEN_NOTICE);
  equal(step(warned, needed, later), warned);
  const again = step(warned, wanted!, later);
  equal(again === warned, false);
  equal(step(again, needed, at(later + HIDDEN_NOTICE - 1)), again);
});

Deno.test("[SES15] media that ends after the page closed does not extend the wait", () => {
  const session = step(after(placeAsked, mediaUp, closed), mediaDown, at(3_000));
  equal(step(session, tick, at(2 + RELOAD_LIMIT)).state, "ended");
});

Deno.test("[SES2] a session that a worker reports waits for its player like one whose media flows", () => {
  const session = adopted(at(0));
  ok(holdsPlace(session));
  equal(step(session, back, at(5)).state, "playing");
  equal(step(session, tick, at(KEEP_LIMIT)).state, "ended");
});

const event: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.constantFrom(preconnectAsked, placeAsked, gone, closed, back, needed, tick),
  fc.constantFrom(hidden!, seen!, wanted!),
  fc.constant<SessionEvent>({ type: "place_given_up" }),
  fc.boolean().map((connected): SessionEvent => ({ type: "media", connected })),
  fc.constantFrom(...EndReason.options).map((reason): SessionEvent => ({
    type: "end_asked",
    reason,
  })),
);
const history = fc.array(fc.tuple(event, fc.nat(40_000)), { maxLength: 40 });

Deno.test("[SES9] after any events an ended session has a reason and stays ended", () => {
  fc.assert(fc.property(history, (events) => {
    let session = BROWSING;
    let now = 0;
    for (const [each, pause] of events) {
      const before = session;
      session = step(session, each, at(now += pause));
      if (before.state === "ended") equal(session, before);
      if (session.state === "ended") ok(EndReason.options.includes(session.reason));
    }
  }));
});

Deno.test("[SES2] after any events a session whose player does not return ends", () => {
  fc.assert(fc.property(history, (events) => {
    let now = 0;
    const session = events.reduce(
      (state, [each, pause]) => step(state, each, at(now += pause)),
      BROWSING,
    );
    const left = step(session, gone, at(now));
    equal(step(left, tick, at(now + KEEP_LIMIT)).state, "ended");
  }));
});

import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  adopted,
  BROWSING,
  holdsPlace,
  LINGER,
  LINGER_WITH_MEDIA,
  NEGOTIATION_LIMIT,
  type SessionEvent,
  type SessionState,
  step,
} from "../../../../coordinator/domain/session.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { EndReason } from "../../../../protocol/legs/room.ts";

const at = (now: number) => now as Millis;

/** What a session becomes through `events`, one a millisecond. */
function after(...events: SessionEvent[]): SessionState {
  return events.reduce((state, event, now) => step(state, event, at(now)), BROWSING);
}
const placeAsked: SessionEvent = { type: "place_asked" };
const mediaUp: SessionEvent = { type: "media", connected: true };
const mediaDown: SessionEvent = { type: "media", connected: false };
const gone: SessionEvent = { type: "socket_gone" };
const back: SessionEvent = { type: "socket_back" };
const tick: SessionEvent = { type: "tick" };

const paths: readonly [string, readonly SessionEvent[], SessionState["state"]][] = [
  ["SES1", [], "browsing"],
  ["SES1", [placeAsked], "negotiating"],
  ["SES1", [placeAsked, mediaUp], "playing"],
  ["SES1", [placeAsked, mediaUp, mediaDown], "negotiating"],
  ["SES1", [placeAsked, mediaUp, placeAsked], "playing"],
  ["SES7", [placeAsked, mediaUp, { type: "place_given_up" }], "browsing"],
  ["SES2", [placeAsked, mediaUp, gone], "lingering"],
  ["SES2", [placeAsked, mediaUp, gone, back], "playing"],
  ["SES2", [placeAsked, mediaUp, gone, mediaDown, back], "negotiating"],
  ["SES2", [placeAsked, gone, mediaUp, back], "playing"],
  ["SES2", [gone, back], "browsing"],
  ["SES2", [gone, { type: "place_given_up" }, back], "browsing"],
  ["SES7", [placeAsked, { type: "place_given_up" }, mediaUp], "browsing"],
  ["SES9", [{ type: "end_asked", reason: "quit" }, placeAsked, mediaUp], "ended"],
];
for (const [rule, events, state] of paths) {
  const told = events.map((event) =>
    event.type === "media" ? `media ${event.connected ? "up" : "down"}` : event.type
  );
  Deno.test(`[${rule}] ${told.join(", ") || "a new session"} makes it ${state}`, () => {
    equal(after(...events).state, state);
  });
}

const limits: readonly [string, readonly SessionEvent[], number, string][] = [
  ["SES3", [placeAsked], NEGOTIATION_LIMIT, "not_connected"],
  ["SES3", [placeAsked, mediaUp, mediaDown], NEGOTIATION_LIMIT, "not_connected"],
  ["SES2", [gone], LINGER, "left"],
  ["SES2", [placeAsked, gone], LINGER, "left"],
  ["SES2", [placeAsked, mediaUp, gone], LINGER_WITH_MEDIA, "left"],
  ["SES2", [placeAsked, mediaUp, gone, mediaDown], LINGER, "left"],
];
for (const [rule, events, limit, reason] of limits) {
  Deno.test(`[${rule}] ${after(...events).state} ends after ${limit} ms as ${reason}`, () => {
    const since = events.length - 1;
    const session = after(...events);
    equal(step(session, tick, at(since + limit - 1)), session);
    deepEqual(step(session, tick, at(since + limit)), { state: "ended", reason });
  });
}

Deno.test("[SES2] a session told of by a worker waits for its player like one whose media flows", () => {
  const session = adopted(at(0));
  ok(holdsPlace(session));
  equal(step(session, back, at(5)).state, "playing");
  equal(step(session, tick, at(LINGER_WITH_MEDIA)).state, "ended");
});

const event: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.constantFrom(placeAsked, gone, back, tick),
  fc.constant<SessionEvent>({ type: "place_given_up" }),
  fc.boolean().map((connected): SessionEvent => ({ type: "media", connected })),
  fc.constantFrom(...EndReason.options).map((reason): SessionEvent => ({
    type: "end_asked",
    reason,
  })),
);
const history = fc.array(fc.tuple(event, fc.nat(40_000)), { maxLength: 40 });

Deno.test("[SES9] whatever happens, an ended session has a reason and stays ended", () => {
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

Deno.test("[SES2] whatever happens, a session nobody comes back to ends", () => {
  fc.assert(fc.property(history, (events) => {
    let now = 0;
    const session = events.reduce(
      (state, [each, pause]) => step(state, each, at(now += pause)),
      BROWSING,
    );
    const left = step(session, gone, at(now));
    equal(step(left, tick, at(now + LINGER_WITH_MEDIA)).state, "ended");
  }));
});

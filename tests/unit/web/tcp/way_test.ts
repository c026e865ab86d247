import { equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { step } from "../../../../web/play/join/session.ts";
import type { SessionEvent, SessionState } from "../../../../web/play/join/session_state.ts";
import { type Way, wayAfter } from "../../../../web/play/media/way.ts";

/** The way after events, one each second; `used` is the way of the connection meanwhile. */
function after(way: Way, used: Way, ...events: SessionEvent[]): { way: Way; state: string } {
  let state: SessionState = { state: "lobby", init: 0 };
  let now = 0;
  for (const event of events) {
    const before = state;
    state = step(state, event, (now += 1_000) as Millis);
    way = wayAfter(way, used, { before, after: state });
  }
  return { way, state: state.state };
}

const play: SessionEvent = { type: "play", target: {}, ready: true };
const answered: SessionEvent = { type: "answered" };
const failed: SessionEvent = { type: "failed", trouble: { kind: "no_network" }, delay: 0 };

Deno.test("[OVT1] a connection over UDP that does not come about is followed by one over TCP", () => {
  equal(after("udp", "udp", play, answered, failed).way, "tcp");
});

Deno.test("[OVT1] a connection over TCP that does not come about is followed by one over UDP", () => {
  equal(after("tcp", "tcp", play, answered, failed).way, "udp");
});

Deno.test("[OVT1] a worker that makes no offer, and a connection that breaks in play, do not change the way", () => {
  equal(after("udp", "udp", play, failed).way, "udp");
  const up: SessionEvent = { type: "up" };
  equal(after("udp", "udp", play, answered, up, { type: "picture" }, failed).way, "udp");
  equal(after("tcp", "tcp", play, answered, up, failed).way, "tcp");
});

Deno.test("[OVT1] an end for another reason, and a socket that came back, do not change the way", () => {
  equal(after("udp", "udp", play, answered, { type: "ended", reason: "operator" }).way, "udp");
  equal(after("udp", "udp", play, answered, { type: "ready" }).way, "udp");
});

Deno.test("[OVT1] after both ways the session ends as not connected, and the next try begins with UDP", () => {
  const first = after("udp", "udp", play, answered, failed);
  equal(first.state, "negotiating");
  equal(after("tcp", "tcp", play, answered, failed, answered, failed).state, "ended");
});

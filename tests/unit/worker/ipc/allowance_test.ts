import { deepEqual, equal, ok } from "node:assert/strict";
import { Allowance, type Verdict } from "../../../../worker/ipc/allowance.ts";
import type { FromRoom } from "../../../../worker/room/ipc.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const allowance = new Allowance(clock);
  const message = (type: string, length = 200): Verdict => {
    const read = { type: "message", message: { type } } as FromRoom;
    const came = allowance.came({ ...read, payload: "x".repeat(length) });
    return came === "end" ? came : allowance.read(read, length);
  };
  const live = (type: string, length = 1_000): Verdict => {
    const read = { type: "live", event: { type } } as FromRoom;
    const came = allowance.came({ ...read, jpeg: "x".repeat(length) });
    return came === "end" ? came : allowance.read(read, 0);
  };
  /** How many of `n` messages pass before another verdict. */
  const passing = (n: number, say: () => Verdict): number => {
    for (let at = 0; at < n; at++) if (say() !== "pass") return at;
    return n;
  };
  return { clock, allowance, message, live, passing };
}

Deno.test("[ROM40] a crowd that connects at once, and people who do all that they may, keep a room within its bounds", () => {
  const { clock, allowance, message, live, passing } = setup();
  // Of six people at once, ten times a second: the request, the offer with twenty candidates, the answer, the connection.
  for (let turn = 0; turn < 11; turn++) {
    for (let n = 0; n < 6; n++) {
      allowance.asked();
      equal(message("webrtc.offer", 8_000), "pass");
      equal(passing(20, () => message("webrtc.candidate", 400)), 20);
      allowance.asked();
      equal(message("session.media"), "pass");
    }
    clock.advance(100);
  }
  // Everybody of a full room changes it ten times a second, and connections come and go.
  for (let second = 0; second < 60; second++) {
    equal(passing(640, () => message("room.changed", 3_000)), 640);
    equal(passing(130, () => message("session.media")), 130);
    const list = { type: "store", request: second, op: "list", key: "x".repeat(512) };
    equal(passing(130, () => allowance.came(list)), 130);
    equal(live("stats", 4_000), "pass");
    if (second % 10 === 9) equal(live("still", 400_000), "pass");
    clock.advance(1_000);
  }
});

Deno.test("[ROM40] refusals of what people ask the coordinator for, however many, are allowed for", () => {
  const { allowance, message, passing } = setup();
  const refused = () => {
    allowance.asked();
    return message("webrtc.candidate.response", 1_200);
  };
  equal(passing(5_000, refused), 5_000);
});

Deno.test("[ROM40] a room that sends the coordinator more than it may is to end", () => {
  const { clock, message, passing } = setup();
  const most = passing(10_000, () => message("session.media"));
  deepEqual([most > 500, most < 1_000], [true, true]);
  equal(message("session.ended"), "end");
  clock.advance(10_000);
  equal(passing(20, () => message("webrtc.offer", 60_000)), 6);
});

Deno.test("[ROM40] a room that floods its worker with what goes nowhere is to end", () => {
  const { allowance, passing } = setup();
  equal(passing(100_000, () => allowance.came({ type: "alive", memory: 1 })), 10_000);
});

Deno.test("[ROM40] a room whose messages are too long together is to end, wherever they go and whatever they are", () => {
  const many = Array.from({ length: 20_000 }, (_, n) => n);
  for (const value of [{ event: { jpeg: "x".repeat(400_000) } }, { many }]) {
    const { allowance, clock, passing } = setup();
    const most = passing(2_000, () => allowance.came(value));
    ok(most > 30 && most < 100, `${most} passed`);
    clock.advance(60_000);
    equal(allowance.came(value), "pass", "after a pause");
  }
});

Deno.test("[ROM40] a room whose stream has figures and pictures dropped by hundreds in a minute is to end, and no other", () => {
  const { clock, live, message } = setup();
  const seconds = (kind: string, each: number, most: number, say = live) => {
    for (let second = 0; second < most; second++) {
      for (let n = 0; n < each; n++) if (say(kind) === "end") return second;
      clock.advance(1_000);
    }
    return most;
  };
  equal(seconds("stats", 5, 600), 600);
  equal(seconds("stats", 300, 1), 1, "after the main process stood still for five minutes");
  clock.advance(60_000);
  equal(seconds("seat.request", 100, 60, message), 60, "what people cause");
  ok(seconds("stats", 12, 600) < 70);
  clock.advance(60_000);
  ok(seconds("still", 12, 600) < 70);
});

Deno.test("[ROM40] figures, pictures and entries of the audit log beyond their rates are dropped, and no others", () => {
  const { clock, live, message, passing } = setup();
  for (const kind of ["stats", "still"]) {
    deepEqual([passing(100, () => live(kind)) < 20, live(kind)], [true, "drop"]);
  }
  for (const kind of ["seat.request", "vehicle.failsafe"]) {
    deepEqual([passing(1_000, () => message(kind)), message(kind)], [40, "drop"]);
  }
  deepEqual([live("bound"), message("session.media")], ["pass", "pass"]);
  for (let second = 0; second < 30; second++) {
    clock.advance(1_000);
    equal(live("stats"), "pass");
    if (second % 10 === 9) equal(live("still"), "pass");
  }
});

Deno.test("[ROM40] a room that begins and ends recordings without end is to end", () => {
  const { clock, allowance, passing } = setup();
  const report = () => allowance.read({ type: "recording" } as FromRoom, 0);
  equal(passing(1_000, report), 60);
  clock.advance(10_000);
  equal(passing(1_000, report), 10);
});

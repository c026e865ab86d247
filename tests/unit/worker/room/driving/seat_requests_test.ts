import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../../protocol/clock.ts";
import type { SessionId } from "../../../../../protocol/ids.ts";
import { SeatRequests } from "../../../../../worker/room/driving/seat_requests.ts";

const at = (ms: number) => ms as Millis;
const [ana, ben] = ["ses_a", "ses_b"] as SessionId[] as [SessionId, SessionId];

Deno.test("[DRV29] one request stands; a repetition does not prolong it, and another has to wait", () => {
  const requests = new SeatRequests();
  deepEqual(requests.ask(ana, at(0)), { result: "shown" });
  deepEqual(requests.ask(ana, at(6_000)), { result: "stands" });
  deepEqual(requests.ask(ben, at(6_000)), { result: "other", wait: 4_000 });
  equal(requests.standing(at(9_999)), ana);
  equal(requests.standing(at(10_000)), undefined);
  deepEqual(requests.ask(ana, at(11_000)), { result: "wait", wait: 4_000 });
  deepEqual(requests.ask(ben, at(11_000)), { result: "shown" });
  equal(requests.refuse(at(30_000)), undefined, "it lapsed");
});

Deno.test("[DRV29] who is refused waits twice as long each time, up to five minutes, until there is another driver", () => {
  const requests = new SeatRequests();
  let now = 0;
  const waits = Array.from({ length: 5 }, () => {
    equal(requests.ask(ana, at(now)).result, "shown");
    const { wait } = requests.refuse(at(now))!;
    deepEqual(requests.ask(ana, at(now + wait - 1)), { result: "wait", wait: 1 });
    now += wait;
    return wait / 1000;
  });
  deepEqual(waits, [30, 60, 120, 240, 300]);
  requests.ask(ana, at(now));
  requests.refuse(at(now));
  requests.clear();
  equal(requests.ask(ana, at(now)).result, "shown");
});

Deno.test("[DRV29] in no schedule of asking a driver is shown more than six requests a minute", () => {
  const step = fc.record({
    session: fc.constantFrom(..."abcdefghij").map((each) => `ses_${each}` as SessionId),
    wait: fc.integer({ min: 0, max: 12_000 }),
    act: fc.constantFrom("ask", "ask", "ask", "refuse", "forget"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const requests = new SeatRequests();
    const shown: number[] = [];
    let now = 0;
    for (const { session, wait, act } of steps) {
      now += wait;
      if (act === "refuse") requests.refuse(at(now));
      else if (act === "forget") requests.forget(session);
      else if (requests.ask(session, at(now)).result === "shown") shown.push(now);
    }
    return shown.every((begin) =>
      shown.filter((each) => each >= begin && each < begin + 60_000).length <= 6
    );
  }));
});

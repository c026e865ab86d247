import { deepEqual, equal } from "node:assert/strict";
import { RequestBudget } from "../../../../coordinator/listen/request_budget.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const isTrusted = (address: string) => address === "192.0.2.80";
  const budget = new RequestBudget({ clock, isTrusted, perSecond: 10 });
  /** Makes requests until one has to wait. */
  const flood = (address: string) => {
    for (let n = 0; n < 10_000; n++) {
      if (budget.request(address) !== 0) return n;
    }
    return Infinity;
  };
  return { clock, budget, flood };
}

Deno.test("[ADM12] the requests of 20 seconds are answered at once, and further ones wait for their turn", () => {
  const { clock, budget, flood } = setup();
  equal(flood("192.0.2.1"), 200);
  deepEqual([budget.request("192.0.2.1"), budget.request("192.0.2.1")], [200, 300]);
  clock.advance(400);
  equal(budget.request("192.0.2.1"), 0);
  equal(budget.request("192.0.2.2"), 0);
});

Deno.test("[ADM12] whose turn is over ten seconds away is refused, as a connection too", () => {
  const { clock, budget, flood } = setup();
  flood("2001:db8::1");
  for (let n = 0; n < 99; n++) budget.request("2001:db8::2");
  deepEqual(
    [budget.request("2001:db8::3"), budget.connect("2001:db8::4")],
    [undefined, false],
  );
  equal(budget.connect("2001:db8:0:1::1"), true);
  clock.advance(100);
  equal(budget.connect("2001:db8::4"), true);
});

Deno.test("[ADM12] a trusted proxy has no limit of its own", () => {
  equal(setup().flood("192.0.2.80"), Infinity);
});

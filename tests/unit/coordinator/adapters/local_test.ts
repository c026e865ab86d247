import { deepEqual, equal } from "node:assert/strict";
import { createLocalBus } from "../../../../coordinator/adapters/local_bus.ts";
import { createLocalLease } from "../../../../coordinator/adapters/local_lease.ts";
import { FakeClock } from "../../../fakes/clock.ts";

Deno.test("[STO14] a lease has one holder until it is released or expires", async () => {
  const clock = new FakeClock();
  const lease = createLocalLease(clock);
  equal(await lease.acquire("k", "a", 100), true);
  equal(await lease.acquire("k", "b", 100), false);
  equal(await lease.acquire("k", "a", 100), true);
  await lease.release("k", "b");
  equal(await lease.acquire("k", "b", 100), false);
  clock.advance(100);
  equal(await lease.acquire("k", "b", 100), true);
  await lease.release("k", "b");
  equal(await lease.acquire("k", "a", 100), true);
});

Deno.test("[STO15] the bus calls every listener until its subscription is disposed", () => {
  const bus = createLocalBus<number>();
  const received: number[] = [];
  const listener = (n: number) => void received.push(n);
  const first = bus.subscribe(listener);
  using _second = bus.subscribe(listener);
  bus.publish(1);
  first[Symbol.dispose]();
  bus.publish(2);
  deepEqual(received, [1, 1, 2]);
});

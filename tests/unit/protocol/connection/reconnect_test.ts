import { deepEqual, equal, ok } from "node:assert/strict";
import { createReconnector, retryDelay } from "../../../../protocol/connection/reconnect.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const noJitter = { unit: () => 0, bytes: () => new Uint8Array() };

function setup() {
  const clock = new FakeClock();
  const attempts: number[] = [];
  const reconnector = createReconnector({
    clock,
    random: noJitter,
    connect: () => attempts.push(clock.now()),
  });
  return { clock, attempts, reconnector };
}

Deno.test("[LEG9] delays double from one second and stop at thirty", () => {
  const delays = Array.from({ length: 8 }, (_, index) => retryDelay(index + 1, noJitter));
  deepEqual(delays, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

Deno.test("[LEG9] the longest delay can be shorter, where somebody waits", () => {
  const delays = Array.from({ length: 6 }, (_, index) => retryDelay(index + 1, noJitter, 8_000));
  deepEqual(delays, [1000, 2000, 4000, 8000, 8000, 8000]);
});

Deno.test("[LEG9] ten thousand failures still wait thirty seconds", () => {
  equal(retryDelay(10_000, noJitter), 30_000);
});

Deno.test("[LEG9] jitter adds up to a fifth and spreads a fleet", () => {
  const random = new SeededRandom(3);
  const delays = Array.from({ length: 500 }, () => retryDelay(3, random));
  ok(delays.every((delay) => delay >= 4000 && delay <= 4800));
  ok(Math.max(...delays) - Math.min(...delays) > 700);
});

Deno.test("[LEG9] a lost connection is tried again after its delay, once", () => {
  const { clock, attempts, reconnector } = setup();
  equal(reconnector.lost(), 1000);
  clock.advance(999);
  deepEqual(attempts, []);
  clock.advance(60_000);
  deepEqual(attempts, [1000]);
});

Deno.test("[LEG10] a connection that lasted ten seconds starts the delays over", () => {
  const { clock, reconnector } = setup();
  for (let failure = 0; failure < 4; failure++) reconnector.lost();
  reconnector.opened();
  clock.advance(10_000);
  equal(reconnector.lost(), 1000);
});

Deno.test("[LEG10] a connection that broke at once goes on with the delays", () => {
  const { clock, reconnector } = setup();
  reconnector.lost();
  reconnector.opened();
  clock.advance(9_999);
  equal(reconnector.lost(), 2000);
});

Deno.test("[LEG10] an owner that dials by itself cancels the planned attempt and starts the delays over", () => {
  const { clock, attempts, reconnector } = setup();
  for (let failure = 0; failure < 4; failure++) reconnector.lost();
  reconnector.anew();
  clock.advance(60_000);
  deepEqual(attempts, []);
  equal(reconnector.lost(), 1000);
});

Deno.test("[LEG11] two losses plan one attempt", () => {
  const { clock, attempts, reconnector } = setup();
  reconnector.lost();
  reconnector.lost();
  clock.advance(60_000);
  deepEqual(attempts, [2000]);
});

Deno.test("[LEG11] disposing calls off the attempt that is planned", () => {
  const { clock, attempts, reconnector } = setup();
  reconnector.lost();
  reconnector[Symbol.dispose]();
  clock.advance(60_000);
  deepEqual(attempts, []);
  equal(clock.pending, 0);
});

import { deepEqual, equal } from "node:assert/strict";
import {
  type Lane,
  LONGEST_WAIT,
  MAX_WAITING,
  PasswordQueue,
} from "../../../../coordinator/secrets/password_queue.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { settle } from "../../../support/control/settle.ts";

/** A queue whose tasks the test ends. */
function setup() {
  const clock = new FakeClock();
  const queue = new PasswordQueue(clock);
  const started: string[] = [];
  const ends: (() => void)[] = [];
  return {
    ...{ clock, started },
    enter: (name: string, lane: Lane = "other") =>
      queue.run(lane, () => {
        started.push(name);
        return new Promise<string>((end) => void ends.push(() => end(name)));
      }),
    /** Ends the task that runs longest. */
    async end(): Promise<void> {
      ends.shift()!();
      await settle();
    },
  };
}

Deno.test("[SEC5] two passwords are hashed at once, known browsers first, and a full lane refuses", async () => {
  const { started, enter, end } = setup();
  const all = ["first", "second"].map((name) => enter(name));
  all.push(...Array.from({ length: MAX_WAITING }, (_, n) => enter(`other ${n}`)));
  equal(await enter("refused"), undefined);
  all.push(enter("known", "known"));
  deepEqual(started, ["first", "second"]);
  for (let n = 0; n < all.length; n++) await end();
  equal((await Promise.all(all)).length, MAX_WAITING + 3);
  deepEqual(started.slice(0, 4), ["first", "second", "known", "other 0"]);
});

Deno.test("[SEC5] who waited too long is refused, and the next one has the turn", async () => {
  const { clock, started, enter, end } = setup();
  const running = [enter("first"), enter("second")];
  const late = enter("late");
  clock.advance(1);
  const next = enter("next");
  clock.advance(LONGEST_WAIT);
  await settle();
  await end();
  equal(await late, undefined);
  deepEqual(started, ["first", "second", "next"]);
  await end();
  await end();
  deepEqual(await Promise.all([...running, next]), ["first", "second", "next"]);
});

Deno.test("[SEC5] a task that fails gives its turn to the next", async () => {
  const queue = new PasswordQueue(new FakeClock());
  const fail = () => queue.run("other", () => Promise.reject(new Error("no memory")));
  const all = await Promise.allSettled([fail(), fail(), fail()]);
  equal(all.every(({ status }) => status === "rejected"), true);
  equal(await queue.run("other", () => Promise.resolve("done")), "done");
});

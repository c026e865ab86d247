import { deepEqual, equal, match } from "node:assert/strict";
import { LastingSource } from "../../../../agent/pipeline/lasting_source.ts";
import type { InputListener, OpenedInput } from "../../../../agent/pipeline/ports.ts";
import type { Picture } from "../../../../media/ports.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const PICTURE = {} as Picture;

class FakeInput implements OpenedInput {
  readonly hasSound = true;
  listener: InputListener | undefined;
  closed = false;
  constructor(readonly frameRate = 25) {}
  run(listener: InputListener): void {
    this.listener = listener;
  }
  [Symbol.dispose](): void {
    this.closed = true;
  }
}

function setup() {
  const clock = new FakeClock();
  const first = new FakeInput();
  const attempts: ((answer: OpenedInput | { error: string }) => void)[] = [];
  const source = new LastingSource({
    clock,
    random: new SeededRandom(),
    what: "the camera",
    patience: 60_000,
    first,
    open: () => new Promise((resolve) => attempts.push(resolve)),
  });
  const seen: string[] = [];
  source.run({
    picture: () => void seen.push("picture"),
    unit: () => void seen.push("unit"),
    sound: () => void seen.push("sound"),
    restarted: () => void seen.push("restarted"),
    failed: (error) => void seen.push(`failed: ${error}`),
  });
  return { clock, first, attempts, source, seen };
}

const settled = () => new Promise<void>((resolve) => queueMicrotask(() => resolve()));

Deno.test("[SND14] a lost input is closed, opened again, and its pictures go on with its own rate", async () => {
  const { clock, first, attempts, source, seen } = setup();
  first.listener!.picture(PICTURE, 0);
  first.listener!.lost("the camera ended");
  deepEqual([first.closed, source.condition], [true, {
    state: "lost",
    lost_for_s: 0,
    gives_up_in_s: 60,
    error: "the camera ended",
  }]);
  first.listener!.picture(PICTURE, 1);
  clock.advance(1_500);
  attempts[0]!({ error: "Cannot open the camera" });
  await settled();
  clock.advance(3_000);
  const second = new FakeInput(50);
  attempts[1]!(second);
  await settled();
  equal(source.condition.state, "lost", "until its first picture");
  second.listener!.picture(PICTURE, 2);
  deepEqual([source.condition, source.frameRate], [{ state: "open" }, 50]);
  deepEqual(seen, ["picture", "restarted", "picture"]);
});

Deno.test("[SND14] an attempt that is answered too late is closed, and another one made", async () => {
  const { clock, first, attempts } = setup();
  first.listener!.lost("the camera ended");
  clock.advance(1_500);
  clock.advance(25_000);
  equal(attempts.length, 2);
  const late = new FakeInput();
  attempts[0]!(late);
  await settled();
  equal(late.closed, true);
});

Deno.test("[SND15] an input that does not come back fails once, with the reason", async () => {
  const { clock, first, attempts, seen } = setup();
  first.listener!.lost("the camera ended");
  for (let at = 0; at < 120; at++) {
    clock.advance(1_000);
    attempts.splice(0).forEach((answer) => answer({ error: "Cannot open the camera: gone" }));
    await settled();
  }
  equal(seen.length, 1);
  match(seen[0]!, /^failed: Cannot open the camera: gone\. It did not come back within 60 s$/);
  equal(clock.pending, 0);
});

Deno.test("[SND14] disposing closes the input and every planned attempt", async () => {
  const { clock, first, attempts, source } = setup();
  first.listener!.lost("the camera ended");
  clock.advance(1_500);
  source[Symbol.dispose]();
  const late = new FakeInput();
  attempts[0]!(late);
  await settled();
  deepEqual([late.closed, clock.pending], [true, 0]);
});

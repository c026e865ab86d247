import { deepEqual, equal } from "node:assert/strict";
import { PLACE_WAIT, WaitingLine } from "../../../../coordinator/play/waiting_line.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const line = new WaitingLine(clock);
  const told: string[] = [];
  let places = 0;
  /** Somebody who takes the first place there is. */
  const enter = (name: string) =>
    line.enter(SessionId.parse(name), {
      attempt() {
        if (places === 0) return false;
        places -= 1;
        told.push(`${name} in`);
        return true;
      },
      gaveUp: (waitedMs) => void told.push(`${name} out after ${waitedMs}`),
    });
  const free = (count: number) => {
    places += count;
    line.retry();
  };
  return { clock, line, told, enter, free };
}

Deno.test("[PLC5] with a place free nobody waits", () => {
  const { enter, free, told, clock } = setup();
  free(1);
  enter("ana");
  deepEqual([told, clock.pending], [["ana in"], 0]);
});

Deno.test("[PLC5] places go to who came first", () => {
  const { enter, free, told } = setup();
  for (const name of ["ana", "ben", "cleo"]) enter(name);
  free(2);
  deepEqual(told, ["ana in", "ben in"]);
});

Deno.test("[PLC5] who waited for 3 s is told once and waits no more", () => {
  const { enter, free, told, clock } = setup();
  enter("ana");
  clock.advance(1_000);
  enter("ben");
  clock.advance(PLACE_WAIT - 1_000);
  deepEqual(told, [`ana out after ${PLACE_WAIT}`]);
  free(2);
  clock.advance(PLACE_WAIT);
  deepEqual([told.slice(1), clock.pending], [["ben in"], 0]);
});

Deno.test("[PLC5] who asks again begins to wait anew, at the end", () => {
  const { enter, free, told, clock } = setup();
  enter("ana");
  enter("ben");
  clock.advance(2_000);
  enter("ana");
  clock.advance(2_000);
  deepEqual(told, [`ben out after ${PLACE_WAIT}`]);
  free(1);
  deepEqual(told.slice(1), ["ana in"]);
});

Deno.test("[PLC5] who leaves hears nothing more", () => {
  const { enter, line, free, told, clock } = setup();
  enter("ana");
  line.leave(SessionId.parse("ana"));
  free(1);
  clock.advance(PLACE_WAIT);
  deepEqual([told, clock.pending], [[], 0]);
});

Deno.test("[PLC5] a line of a thousand takes nobody else", () => {
  const { enter, told, line } = setup();
  for (let n = 0; n < 1_000; n++) enter(`s${n}`);
  enter("late");
  deepEqual(told, ["late out after 0"]);
  equal(line.has(SessionId.parse("late")), false);
});

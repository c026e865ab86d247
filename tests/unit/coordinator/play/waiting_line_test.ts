import { deepEqual, equal } from "node:assert/strict";
import { PLACE_WAIT, WaitingLine } from "../../../../coordinator/play/waiting_line.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const line = new WaitingLine(clock);
  const reported: string[] = [];
  let places = 0;
  /** Adds a session that takes the first free place. */
  const enter = (name: string) =>
    line.enter(SessionId.parse(name), {
      attempt() {
        if (places === 0) return false;
        places -= 1;
        reported.push(`${name} in`);
        return true;
      },
      gaveUp: (waitedMs) => void reported.push(`${name} out after ${waitedMs}`),
    });
  const free = (count: number) => {
    places += count;
    line.retry();
  };
  return { clock, line, reported, enter, free };
}

Deno.test("[PLC5] a session does not wait while a place is free", () => {
  const { enter, free, reported, clock } = setup();
  free(1);
  enter("ana");
  deepEqual([reported, clock.pending], [["ana in"], 0]);
});

Deno.test("[PLC5] free places go to the earliest requests", () => {
  const { enter, free, reported } = setup();
  for (const name of ["ana", "ben", "cleo"]) enter(name);
  free(2);
  deepEqual(reported, ["ana in", "ben in"]);
});

Deno.test("[PLC5] a session that waited for 3 s gives up once and leaves the line", () => {
  const { enter, free, reported, clock } = setup();
  enter("ana");
  clock.advance(1_000);
  enter("ben");
  clock.advance(PLACE_WAIT - 1_000);
  deepEqual(reported, [`ana out after ${PLACE_WAIT}`]);
  free(2);
  clock.advance(PLACE_WAIT);
  deepEqual([reported.slice(1), clock.pending], [["ben in"], 0]);
});

Deno.test("[PLC5] a second request of a session waits from the start, at the end of the line", () => {
  const { enter, free, reported, clock } = setup();
  enter("ana");
  enter("ben");
  clock.advance(2_000);
  enter("ana");
  clock.advance(2_000);
  deepEqual(reported, [`ben out after ${PLACE_WAIT}`]);
  free(1);
  deepEqual(reported.slice(1), ["ana in"]);
});

Deno.test("[PLC5] a session that leaves the line neither attempts nor gives up", () => {
  const { enter, line, free, reported, clock } = setup();
  enter("ana");
  line.leave(SessionId.parse("ana"));
  free(1);
  clock.advance(PLACE_WAIT);
  deepEqual([reported, clock.pending], [[], 0]);
});

Deno.test("[PLC5] a session beyond a thousand waiting ones gives up at once", () => {
  const { enter, reported, line } = setup();
  for (let n = 0; n < 1_000; n++) enter(`s${n}`);
  enter("late");
  deepEqual(reported, ["late out after 0"]);
  equal(line.has(SessionId.parse("late")), false);
});

import { deepEqual, equal } from "node:assert/strict";
import {
  PLACE_WAIT,
  POSITION_KEPT,
  WaitingLine,
} from "../../../../coordinator/play/places/waiting_line.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const line = new WaitingLine(clock);
  const reported: string[] = [];
  let places = 0;
  /** Adds a session that takes the first free place. */
  const enter = (name: string, { isPatient = true } = {}) =>
    line.enter(SessionId.parse(name), {
      since: clock.now(),
      isPatient,
      attempt() {
        if (places === 0) return false;
        places -= 1;
        reported.push(`${name} in`);
        return true;
      },
      report: ({ waitedMs, position }) =>
        void reported.push(`${name} ${position ?? "out"} after ${waitedMs}`),
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

Deno.test("[PLC5] a session gets its position after 3 s and when it changes, and waits on", () => {
  const { enter, free, reported, clock, line } = setup();
  enter("ana");
  clock.advance(1_000);
  enter("ben");
  clock.advance(PLACE_WAIT);
  deepEqual(reported, [`ana 1 after ${PLACE_WAIT}`, `ben 2 after ${PLACE_WAIT}`]);
  clock.advance(60_000);
  free(1);
  clock.advance(1_000);
  deepEqual(reported.slice(2), ["ana in", `ben 1 after ${PLACE_WAIT + 61_000}`]);
  free(1);
  deepEqual([reported.slice(4), line.size, clock.pending], [["ben in"], 0, 0]);
});

Deno.test("[PLC5] one that asked over HTTP gives up after 3 s and leaves the line", () => {
  const { enter, free, reported, clock } = setup();
  enter("ana", { isPatient: false });
  clock.advance(PLACE_WAIT);
  deepEqual(reported, [`ana out after ${PLACE_WAIT}`]);
  free(1);
  deepEqual([reported.length, clock.pending], [1, 0]);
});

Deno.test("[PLC5] a second request of a session keeps its position, also after a short absence", () => {
  const { enter, free, reported, clock, line } = setup();
  for (const name of ["ana", "ben", "cleo"]) {
    enter(name);
    clock.advance(100);
  }
  enter("ana");
  line.leaveForAWhile(SessionId.parse("ben"));
  clock.advance(POSITION_KEPT - 1);
  enter("ben");
  free(2);
  deepEqual(reported.filter((text) => text.endsWith("in")), ["ana in", "ben in"]);
});

Deno.test("[PLC5] after a long absence a session waits at the end of the line", () => {
  const { enter, free, reported, clock, line } = setup();
  enter("ana");
  clock.advance(100);
  enter("ben");
  line.leaveForAWhile(SessionId.parse("ana"));
  clock.advance(POSITION_KEPT);
  enter("ana");
  free(1);
  deepEqual(reported.at(-1), "ben in");
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

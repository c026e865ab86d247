import { deepEqual, equal, match } from "node:assert/strict";
import { createLog } from "../../../../protocol/log.ts";
import { surviveUnhandledFaults } from "../../../../worker/werift/unhandled_faults.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const target = new EventTarget();
  surviveUnhandledFaults(target, {
    clock,
    log: createLog({ clock, sink: (line) => lines.push(line) }),
  });
  /** True when the fault is outlived. */
  const befall = (type: "unhandledrejection" | "error", fault: unknown) => {
    const event = new Event(type, { cancelable: true });
    const key = type === "error" ? "error" : "reason";
    return !target.dispatchEvent(Object.assign(event, { [key]: fault }));
  };
  return { clock, lines, befall };
}

Deno.test("[PEE17] a rejection that nobody watches is logged and ends nothing", () => {
  const { lines, befall } = setup();
  equal(befall("unhandledrejection", new Error("SCTP packet has invalid checksum")), true);
  match(lines.join(), /"level":"error".*invalid checksum/);
});

Deno.test("[PEE17] a port that was taken in between ends nothing, any other throw does", () => {
  const { befall } = setup();
  equal(befall("error", Object.assign(new Error("bind"), { code: "EADDRINUSE" })), true);
  equal(befall("error", new Error("a fault of our own")), false);
});

Deno.test("[PEE17] a flood of faults is a line every 10 s, with their number", () => {
  const { clock, lines, befall } = setup();
  for (let n = 0; n < 500; n++) befall("unhandledrejection", "again");
  equal(lines.length, 1);
  clock.advance(10_000);
  befall("unhandledrejection", "again");
  deepEqual(lines.map((line) => JSON.parse(line).times), [1, 500]);
});

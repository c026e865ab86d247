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
  /** Dispatches an unhandled error; true when it does not end the process. */
  const dispatch = (type: "unhandledrejection" | "error", fault: unknown) => {
    const event = new Event(type, { cancelable: true });
    const key = type === "error" ? "error" : "reason";
    return !target.dispatchEvent(Object.assign(event, { [key]: fault }));
  };
  return { clock, lines, dispatch };
}

Deno.test("[PEE17] an unhandled rejection is logged and does not end the process", () => {
  const { lines, dispatch } = setup();
  equal(dispatch("unhandledrejection", new Error("SCTP packet has invalid checksum")), true);
  match(lines.join(), /"level":"error".*invalid checksum/);
});

Deno.test("[PEE17] the error of a socket that cannot be opened does not end the process; any other unhandled error does", () => {
  const { dispatch } = setup();
  for (const code of ["EADDRINUSE", "EMFILE", "ENFILE"]) {
    equal(dispatch("error", Object.assign(new Error("bind"), { code })), true, code);
  }
  equal(dispatch("error", new Error("another error")), false);
});

Deno.test("[PEE17] an error in a timer of werift concerns one connection, and does not end the process", () => {
  const { lines, dispatch } = setup();
  const error = new TypeError("Cannot read properties of undefined (reading 'type')");
  error.stack = `${error}
    at _SCTP.sctp.sendChunk (file:///farpad/worker/werift/sctp/handshake.ts:23:41)
    at Immediate.<anonymous> (file:///farpad/node_modules/.deno/werift@1.0.0/node_modules/werift/lib/index.mjs:9:14)`;
  equal(dispatch("error", error), true);
  match(lines.join(), /"level":"error".*reading 'type'/);
  const own = new TypeError("another");
  own.stack = `${own}\n    at Room.tick (file:///farpad/worker/werift/peer.ts:23:41)`;
  equal(dispatch("error", own), false);
});

Deno.test("[PEE17] unhandled errors are logged at most every 10 s, with their number", () => {
  const { clock, lines, dispatch } = setup();
  for (let n = 0; n < 500; n++) dispatch("unhandledrejection", "again");
  equal(lines.length, 1);
  clock.advance(10_000);
  dispatch("unhandledrejection", "again");
  deepEqual(lines.map((line) => JSON.parse(line).count), [1, 500]);
});

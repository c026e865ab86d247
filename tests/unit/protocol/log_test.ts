import { deepEqual, equal, match } from "node:assert/strict";
import { createLog, type Level } from "../../../protocol/log.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup(level: Level = "info") {
  const lines: string[] = [];
  const clock = new FakeClock({ epoch: Date.UTC(2026, 0, 2) });
  const log = createLog({ clock, level, sink: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") };
}

Deno.test("a line is one event with its time, level and fields", () => {
  const { log, last } = setup();
  log.with({ room_id: "r1" }).info("room opened", { seats: 2 });
  deepEqual(last(), {
    ts: "2026-01-02T00:00:00.000Z",
    level: "info",
    event: "room opened",
    room_id: "r1",
    seats: 2,
  });
});

Deno.test("what is below the level is not written", () => {
  const { log, lines } = setup("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  equal(lines.length, 2);
});

Deno.test("an error is written with its message, a big integer with its digits", () => {
  const { log, last } = setup();
  log.error("gave up", { error: new Error("the port is taken"), bytes: 5n });
  match(last().error, /the port is taken/);
  equal(last().bytes, "5");
});

Deno.test("text with line breaks stays on one line", () => {
  const { log, lines } = setup();
  log.info("odd", { text: "a\nb" });
  equal(lines[0]?.includes("\n"), false);
});

import { deepEqual, equal, match } from "node:assert/strict";
import {
  createLog,
  type Level,
  LEVELS,
  LINE_LIMIT,
  type LogFormat,
  logStyle,
  readStyle,
  styleArgs,
} from "../../../protocol/log.ts";
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

Deno.test("a line of text has the local time, the level, the process, the event and its fields", () => {
  const lines: string[] = [];
  const log = createLog({
    clock: new FakeClock({ epoch: Date.UTC(2026, 0, 2) }),
    sink: (line) => lines.push(line),
    form: "text",
  }).with({ process: "worker" });
  log.warn("room ended", {
    room: "r-1",
    error: new Error("the pipe\nis closed"),
    ports: [1, 2],
    code: undefined,
  });
  log.error("gave up");
  match(
    lines[0]!,
    /^\d\d:\d\d:\d\d warn worker: room ended \(room=r-1 error=the pipe is closed ports=\[1,2\]\)$/,
  );
  match(lines[1]!, /^\d\d:\d\d:\d\d error worker: gave up$/);
});

Deno.test("[SET15] at a terminal the log is text from `warn` on, elsewhere JSON from `info` on", () => {
  const style = (logFormat: LogFormat, logLevel: Level, isTerminal: boolean) =>
    logStyle({ logFormat, logLevel }, isTerminal);
  deepEqual(style("auto", "info", true), { form: "text", level: "warn" });
  deepEqual(style("auto", "info", false), { form: "json", level: "info" });
  deepEqual(style("auto", "debug", true), { form: "text", level: "debug" });
  deepEqual(style("json", "info", true), { form: "json", level: "info" });
  deepEqual(style("text", "error", false), { form: "text", level: "error" });
});

Deno.test("a child reads the style of its parent from its arguments", () => {
  for (const form of ["json", "text"] as const) {
    for (const level of LEVELS) {
      deepEqual(readStyle(["other", ...styleArgs({ form, level })]), { form, level });
    }
  }
  deepEqual(readStyle(["--log-level=loud"]), { form: "json", level: "info" });
});

Deno.test("[LOG1] lines of one event are limited, also of derived logs, and the next line counts those left out", () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const log = createLog({ clock, sink: (line) => lines.push(line) });
  const of = (address: string) => log.with({ address });
  for (let n = 0; n < 1_000; n++) of(`a${n}`).warn("worker refused");
  log.warn("another event");
  equal(lines.length, LINE_LIMIT.burst + 1);
  clock.advance(1_000 / LINE_LIMIT.perSecond);
  of("b").warn("worker refused");
  const { address, left_out } = JSON.parse(lines.at(-1)!);
  deepEqual([address, left_out], ["b", 1_000 - LINE_LIMIT.burst]);
  clock.advance(1_000 / LINE_LIMIT.perSecond);
  of("c").warn("worker refused");
  equal(JSON.parse(lines.at(-1)!).left_out, undefined);
});

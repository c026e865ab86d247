import { deepEqual, equal, ok } from "node:assert/strict";
import { RecentLines } from "../../../../agent/device_log/recent_lines.ts";
import { hideSecrets } from "../../../../agent/device_log/secrets.ts";
import type { LogLine } from "../../../../protocol/field/device_log.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function line(text: string, level: LogLine["level"] = "info", at = 0): LogLine {
  return { at, level, text };
}

Deno.test("[DLG1] the newest 500 lines are kept, each cut to its longest", () => {
  const lines = new RecentLines();
  for (let at = 0; at < 600; at++) lines.add(line(`event ${at}`, "info", at));
  lines.add(line("x".repeat(9_000), "info", 600));
  const { lines: found, left_out } = lines.newest({ lines: 500, level: "debug" });
  deepEqual([found.length, left_out, found[0]!.text], [500, 0, "event 101"]);
  equal(found.at(-1)!.text.length, 1_000);
});

Deno.test("[DLG2] an answer has the newest lines of a level, and counts what did not fit", () => {
  const lines = new RecentLines();
  for (let at = 0; at < 10; at++) lines.add(line(`e${at}`, at % 2 ? "warn" : "info", at));
  const { lines: found, left_out } = lines.newest({ lines: 3, level: "warn" });
  deepEqual([found.map(({ text }) => text), left_out], [["e5", "e7", "e9"], 2]);
});

Deno.test("[DLG2] an answer fits into a message, whatever its lines hold", () => {
  const lines = new RecentLines();
  for (let at = 0; at < 500; at++) lines.add(line('"\\'.repeat(500), "error", at));
  const answer = lines.newest({ lines: 500, level: "debug" });
  ok(JSON.stringify(answer).length < 50_000);
  equal(answer.lines.length + answer.left_out, 500);
  equal(answer.lines.at(-1)!.at, 499, "the newest one is in it");
});

Deno.test("[DLG3] no secret is in a line that is kept", () => {
  const secrets = [
    "the address farpad-enroll:?url=wss%3A%2F%2Fh&token=snd_1.ABCDEFGHJKLMNPQRSTUVWXYZ23 was read",
    'sent {"psk":"hunter2-hunter2","x":1}',
    "srt://10.0.0.1:9000?passphrase=hunter2-hunter2&latency=120",
    "cannot open rtsp://admin:p/a@ss#hunter2-hunter2@10.0.0.2/stream: refused",
    "token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJodW50ZXIyIn0.c2ln",
    "password: hunter2-hunter2",
  ];
  for (const text of secrets) {
    const shown = hideSecrets(text);
    ok(!/hunter2|ABCDEFGHJK|c2ln/.test(shown), shown);
  }
  equal(hideSecrets("logged in (sender=snd_1)"), "logged in (sender=snd_1)");
});

Deno.test("[DLG1] a line has the event with its fields, and no control character", () => {
  const clock = new FakeClock();
  const lines = new RecentLines();
  const log = createLog({ clock, sink: () => {}, kept: (line) => lines.add(line) });
  log.with({ process: "agent" }).warn("probe failed", { what: "a\u0007b\nc" });
  log.debug("not written");
  const { lines: found } = lines.newest({ lines: 10, level: "debug" });
  deepEqual(found.map(({ level, text }) => [level, text]), [
    ["warn", "probe failed (what=a\ufffdb c)"],
  ]);
});

import { deepEqual, equal } from "node:assert/strict";
import { AppId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { MadeCover } from "../../../../worker/pictures/cover_process.ts";
import { Covers, type Game, REPORT_AFTER, REST } from "../../../../worker/pictures/covers.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const JPEG = new Uint8Array([0xff, 0xd8, 0xff]);

function game(name: string, unavailable?: string): Game {
  const app_id = AppId.parse(name);
  return {
    app: { app_id, title: name, ...(unavailable !== undefined && { unavailable }) },
    spec: { kind: "jsnes", rom: `/roms/${name}` },
  };
}

/** Covers whose processes the test answers; `full`: the disk takes nothing. */
function setup({ full = false } = {}) {
  const clock = new FakeClock();
  const kept = new Map<string, string | undefined>();
  const started: string[] = [];
  const ended: string[] = [];
  const answers: ((made: MadeCover) => void)[] = [];
  const lines: string[] = [];
  let rest = true;
  let reports = 0;
  const covers = new Covers({
    clock,
    log: createLog({ clock, sink: (line) => void lines.push(line) }),
    folder: {
      has: (key) => kept.has(key),
      nameOf: (key) => kept.get(key),
      keep(key, jpeg) {
        if (full) return Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
        kept.set(key, jpeg && `name of ${key}`);
        return Promise.resolve();
      },
    },
    start(spec) {
      const key = "rom" in spec && typeof spec.rom === "string" ? spec.rom : "";
      started.push(key);
      const made = Promise.withResolvers<MadeCover>();
      answers.push(made.resolve);
      return {
        made: made.promise,
        [Symbol.dispose]() {
          ended.push(key);
          made.resolve({ failed: "It was ended" });
        },
      };
    },
    keyOf: (spec) => Promise.resolve("rom" in spec ? String(spec.rom) : undefined),
    isAtRest: () => rest,
    changed: () => void (reports += 1),
  });
  return {
    ...{ clock, covers, kept, started, ended, lines },
    play: (playing: boolean) => void (rest = !playing),
    reports: () => reports,
    async answer(made: MadeCover) {
      answers.at(-1)!(made);
      await clock.run(0);
    },
  };
}

Deno.test("[CVR1] each game is run once, one at a time, and the worker reports them when all are done", async () => {
  const { clock, covers, started, answer, reports } = setup();
  covers.follow([game("a.nes"), game("b.nes"), game("c.nes", "No core")]);
  await clock.run(REST);
  deepEqual(started, ["/roms/a.nes"]);
  await clock.run(60_000);
  deepEqual(started, ["/roms/a.nes"]);
  await answer({ jpeg: JPEG });
  equal(covers.nameOf(AppId.parse("a.nes")), "name of /roms/a.nes");
  await clock.run(REST);
  deepEqual(started, ["/roms/a.nes", "/roms/b.nes"]);
  await answer({ jpeg: JPEG });
  await clock.run(REST);
  equal(reports(), 1);
  covers.follow([game("a.nes"), game("b.nes")]);
  await clock.run(60_000);
  equal(started.length, 2);
  equal(clock.pending, 0);
});

Deno.test("[CVR1] of a large library covers are reported while more are being made", async () => {
  const { clock, covers, answer, reports } = setup();
  covers.follow([game("a.nes"), game("b.nes")]);
  await clock.run(REST);
  await answer({ jpeg: JPEG });
  await clock.run(REPORT_AFTER);
  equal(reports(), 1);
});

Deno.test("[CVR2] while somebody plays no game is run, and one that is being run is ended and run again later", async () => {
  const { clock, covers, started, ended, answer, play } = setup();
  covers.follow([game("a.nes")]);
  play(true);
  await clock.run(60_000);
  deepEqual(started, []);
  play(false);
  await clock.run(REST);
  equal(started.length, 1);
  play(true);
  covers.yield();
  await clock.run(60_000);
  deepEqual(ended, ["/roms/a.nes"]);
  equal(covers.nameOf(AppId.parse("a.nes")), undefined);
  play(false);
  await clock.run(REST);
  equal(started.length, 2);
  await answer({ jpeg: JPEG });
  equal(covers.nameOf(AppId.parse("a.nes")), "name of /roms/a.nes");
});

Deno.test("[CVR3] a game that crashes or hangs costs its cover alone, and is not run again", async () => {
  const { clock, covers, started, answer, kept, lines } = setup();
  covers.follow([game("a.nes"), game("b.nes")]);
  await clock.run(REST);
  await answer({ failed: "The process ended by SIGSEGV" });
  await clock.run(REST);
  await answer({ none: "All its pictures are black or of one colour" });
  covers.follow([game("a.nes"), game("b.nes")]);
  await clock.run(60_000);
  deepEqual(started, ["/roms/a.nes", "/roms/b.nes"]);
  deepEqual([...kept], [["/roms/b.nes", undefined]]);
  equal(lines.filter((line) => line.includes("SIGSEGV")).length, 1);
});

Deno.test("[CVR3] on a full disk no further game is run until the library changes", async () => {
  const { clock, covers, started, answer, lines } = setup({ full: true });
  covers.follow([game("a.nes"), game("b.nes")]);
  await clock.run(REST);
  await answer({ jpeg: JPEG });
  await clock.run(600_000);
  deepEqual(started, ["/roms/a.nes"]);
  equal(lines.filter((line) => line.includes("cannot be kept")).length, 1);
});

Deno.test("[CVR2] the end of a worker ends the game that is being run", async () => {
  const { clock, covers, ended } = setup();
  covers.follow([game("a.nes")]);
  await clock.run(REST);
  covers[Symbol.dispose]();
  await clock.run(60_000);
  deepEqual(ended, ["/roms/a.nes"]);
  equal(clock.pending, 0);
});

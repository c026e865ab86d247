import { deepEqual, equal, match, ok } from "node:assert/strict";
import { launch, RESTART_CODE, TRIAL_LIMIT } from "../../../../agent/update/launcher.ts";
import { openVersions } from "../../../../agent/update/versions.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

interface FakeAgent {
  readonly version: string;
  exit(code: number): void;
  readonly signals: string[];
}

async function setup() {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  for (const version of ["old", "new"]) {
    await Deno.mkdir(`${folder}/versions/${version}`, { recursive: true });
  }
  const versions = openVersions(folder);
  await versions.switchTo("old");
  const clock = new FakeClock();
  const agents: FakeAgent[] = [];
  const begin = () =>
    launch({
      clock,
      random: new SeededRandom(),
      log: createLog({ clock, sink: () => {} }),
      versions,
      start: () => {
        const { promise, resolve } = Promise.withResolvers<number>();
        const signals: string[] = [];
        const version = Deno.readLinkSync(`${folder}/current`);
        agents.push({ version, exit: resolve, signals });
        return {
          ended: promise,
          kill(signal) {
            signals.push(signal);
            resolve(1);
          },
        };
      },
    });
  return { clock, agents, versions, begin, remove: () => Deno.remove(folder, { recursive: true }) };
}

/** Lets files be written and the clock go on, a little at a time. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(1_000);
    for (let turn = 0; turn < 6; turn++) await Deno.stat(".");
  }
}

Deno.test("[UPD7] an agent that ends is started again: at once when it asked for it, else later each time", async () => {
  const { clock, agents, begin, remove } = await setup();
  const launcher = begin();
  await pass(clock, 1_000);
  agents[0]!.exit(RESTART_CODE);
  await pass(clock, 3_000);
  equal(agents.length, 2);
  agents[1]!.exit(1);
  await pass(clock, 5_000);
  equal(agents.length, 3);
  agents[2]!.exit(1);
  await pass(clock, 1_000);
  equal(agents.length, 3);
  await pass(clock, 6_000);
  equal(agents.length, 4);
  launcher[Symbol.dispose]();
  await launcher.over;
  deepEqual(agents[3]!.signals, ["SIGTERM"]);
  await remove();
});

Deno.test("[UPD8] a version on trial that ends before it logged in is taken back", async () => {
  const { clock, agents, versions, begin, remove } = await setup();
  await versions.setTrial({ version: "new", previous: "old", label: "0.2.0" });
  await versions.switchTo("new");
  const launcher = begin();
  await pass(clock, 2_000);
  agents[0]!.exit(3);
  await pass(clock, 5_000);
  deepEqual(agents.map(({ version }) => version), ["versions/new", "versions/old"]);
  const outcome = await versions.outcome();
  deepEqual([outcome?.state, outcome?.version], ["rolled_back", "0.2.0"]);
  match(outcome?.detail ?? "", /exit code 3/);
  equal(await versions.trial(), undefined);
  launcher[Symbol.dispose]();
  await launcher.over;
  await remove();
});

Deno.test("[UPD8] a version on trial that never logs in is ended and taken back", async () => {
  const { clock, agents, versions, begin, remove } = await setup();
  await versions.setTrial({ version: "new", previous: "old" });
  await versions.switchTo("new");
  const launcher = begin();
  await pass(clock, TRIAL_LIMIT - 5_000);
  deepEqual(agents[0]!.signals, []);
  await pass(clock, 8_000);
  deepEqual(agents[0]!.signals, ["SIGKILL"]);
  equal(agents[1]?.version, "versions/old");
  launcher[Symbol.dispose]();
  await launcher.over;
  await remove();
});

Deno.test("[UPD9] a version that confirmed itself stays, whatever happens to it later", async () => {
  const { clock, agents, versions, begin, remove } = await setup();
  await versions.setTrial({ version: "new", previous: "old" });
  await versions.switchTo("new");
  const launcher = begin();
  await pass(clock, 3_000);
  await versions.setTrial(undefined);
  await pass(clock, TRIAL_LIMIT + 10_000);
  agents[0]!.exit(1);
  await pass(clock, 5_000);
  deepEqual(agents.map(({ version }) => version), ["versions/new", "versions/new"]);
  launcher[Symbol.dispose]();
  await launcher.over;
  await remove();
});

Deno.test("[UPD10] switching versions is one step, and only what is kept stays", async () => {
  const { versions, remove } = await setup();
  await versions.switchTo("new");
  equal(await versions.current(), "new");
  ok(versions.program.endsWith("current/farpad-agent.js"));
  await versions.keepOnly(["new"]);
  await versions.switchTo("new");
  equal(await versions.current(), "new");
  await remove();
});

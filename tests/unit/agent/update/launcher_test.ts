import { deepEqual, equal, match } from "node:assert/strict";
import { launch, RESTART_CODE, TRIAL_LIMIT } from "../../../../agent/update/launcher.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { fakeVersions } from "../../../fakes/versions.ts";

interface FakeAgent {
  readonly version: string;
  readonly signals: string[];
  exit(code: number): void;
}

function setup({ trial = false } = {}) {
  const clock = new FakeClock();
  const agents: FakeAgent[] = [];
  const { state, versions } = fakeVersions(trial ? "new" : "old");
  if (trial) state.trial = { version: "new", previous: "old", label: "0.2.0" };
  const launcher = launch({
    clock,
    random: new SeededRandom(),
    log: createLog({ clock, sink: () => {} }),
    versions,
    start: () => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const signals: string[] = [];
      agents.push({ version: state.current, exit: resolve, signals });
      return {
        ended: promise,
        kill(signal) {
          signals.push(signal);
          resolve(1);
        },
      };
    },
  });
  const started = () => agents.map(({ version }) => version);
  return { clock, agents, state, launcher, started };
}

Deno.test("[UPD7] an agent that ended is started again: at once when it asked for it, else after a growing delay", async () => {
  const { clock, agents, launcher } = setup();
  await clock.run(1_000);
  agents[0]!.exit(RESTART_CODE);
  await clock.run(1);
  equal(agents.length, 2);
  agents[1]!.exit(1);
  await clock.run(900);
  equal(agents.length, 2);
  await clock.run(400);
  equal(agents.length, 3);
  agents[2]!.exit(1);
  await clock.run(1_900);
  equal(agents.length, 3);
  await clock.run(600);
  equal(agents.length, 4);
  await clock.run(60_000);
  agents[3]!.exit(1);
  await clock.run(1);
  equal(agents.length, 5, "after a healthy run it is started at once");
  launcher[Symbol.dispose]();
  await launcher.over;
  deepEqual(agents[4]!.signals, ["SIGTERM"]);
  equal(clock.pending, 0);
});

Deno.test("[UPD8] a version on trial that ends before it logged in is taken back", async () => {
  const { clock, agents, state, launcher, started } = setup({ trial: true });
  await clock.run(2_000);
  agents[0]!.exit(3);
  await clock.run(1_000);
  deepEqual(started(), ["new", "old"]);
  deepEqual([state.outcome?.state, state.outcome?.version, state.trial], [
    "rolled_back",
    "0.2.0",
    undefined,
  ]);
  match(state.outcome?.detail ?? "", /exit code 3/);
  launcher[Symbol.dispose]();
  await launcher.over;
});

Deno.test("[UPD8] a version on trial that never logs in is ended and taken back", async () => {
  const { clock, agents, launcher, started } = setup({ trial: true });
  await clock.run(TRIAL_LIMIT - 2_000);
  deepEqual(agents[0]!.signals, []);
  await clock.run(4_000);
  deepEqual(agents[0]!.signals, ["SIGKILL"]);
  deepEqual(started(), ["new", "old"]);
  launcher[Symbol.dispose]();
  await launcher.over;
});

Deno.test("[UPD9] a confirmed version stays, whatever happens to it later", async () => {
  const { clock, agents, state, launcher, started } = setup({ trial: true });
  await clock.run(3_000);
  state.trial = undefined;
  await clock.run(TRIAL_LIMIT + 10_000);
  agents[0]!.exit(1);
  await clock.run(2_000);
  deepEqual(started(), ["new", "new"]);
  launcher[Symbol.dispose]();
  await launcher.over;
});

Deno.test("[UPD9] a confirmed version is not taken back for the version it installs", async () => {
  const { clock, agents, state, launcher, started } = setup({ trial: true });
  await clock.run(3_000);
  state.trial = { version: "newer", previous: "new" };
  state.current = "newer";
  agents[0]!.exit(RESTART_CODE);
  await clock.run(2_000);
  deepEqual(started(), ["new", "newer"]);
  equal(state.outcome, undefined);
  launcher[Symbol.dispose]();
  await launcher.over;
});

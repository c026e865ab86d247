import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Updater } from "../../../../agent/update/updater.ts";
import { AgentUpdate } from "../../../../protocol/legs/agent_leg.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { fakeVersions } from "../../../fakes/versions.ts";
import { createFleetKey } from "../../../support/field/fleet_key.ts";

const HASH = "ab".repeat(32);
const NAME = HASH.slice(0, 16);
const fleet = createFleetKey();
const RELEASE = { sha256: HASH, version: "0.2.0" };
const UPDATE = {
  ...RELEASE,
  binary_url: "https://releases.example.org/a.js",
  signature: fleet.sign(RELEASE),
};

function setup(
  {
    managed = true,
    starts = true,
    fault = undefined as string | undefined,
    updateKey = fleet.publicKey as string | null,
  } = {},
) {
  const clock = new FakeClock();
  const { state, versions } = fakeVersions("old");
  const seen: string[] = [];
  let restarts = 0;
  const updater: Updater = new Updater({
    clock,
    log: createLog({ clock, sink: () => {} }),
    version: "0.1.0",
    updateKey: updateKey ?? undefined,
    versions: managed ? versions : undefined,
    tryOut: () => Promise.resolve(starts),
    download: () => Promise.resolve(fault === undefined ? {} : { error: fault }),
    restart: () => void (restarts += 1),
    changed: () => void seen.push(updater.progress!.state),
  });
  const begin = (change = {}, streaming = false) =>
    updater.begin(AgentUpdate.parse({ ...UPDATE, ...change }), { streaming });
  return { clock, state, updater, begin, seen, restarts: () => restarts };
}

function refusalOf(answer: ReturnType<Updater["begin"]>): string {
  return "error" in answer ? answer.error.message : "";
}

Deno.test("[UPD1] an update is fetched, tried, put on trial, and started", async () => {
  const { clock, state, begin, seen, restarts } = setup();
  deepEqual(begin(), { from: "0.1.0", to: "0.2.0" });
  await clock.run(0);
  deepEqual(seen, ["downloading", "restarting"]);
  deepEqual([state.current, state.trial, restarts()], [
    NAME,
    { version: NAME, previous: "old", label: "0.2.0" },
    1,
  ]);
});

Deno.test("[UPD2] a version that arrives damaged, does not start or runs already changes nothing", async () => {
  const cases = [
    [setup({ fault: "Cannot take the update: its SHA-256 is 12…" }), /SHA-256/],
    [setup({ starts: false }), /does not start on this device/],
  ] as const;
  for (const [{ clock, state, begin, updater, restarts }, words] of cases) {
    begin();
    await clock.run(0);
    equal(updater.progress?.state, "failed");
    match(updater.progress?.detail ?? "", words);
    deepEqual([state.current, state.trial, restarts()], ["old", undefined, 0]);
  }
  const same = setup();
  same.state.current = NAME;
  same.begin();
  await same.clock.run(0);
  match(same.updater.progress?.detail ?? "", /runs already/);
});

Deno.test("[UPD3] an update is refused while a stream runs, unless `while_streaming` is set", () => {
  match(refusalOf(setup().begin({}, true)), /a stream runs/);
  equal(refusalOf(setup().begin({ while_streaming: true }, true)), "");
});

Deno.test("[UPD3] an update is refused without a launcher, over plain HTTP, and during another one", () => {
  match(refusalOf(setup({ managed: false }).begin()), /not started by its launcher/);
  match(refusalOf(setup().begin({ binary_url: "http://releases.example.org/a" })), /https/);
  match(refusalOf(setup().begin({ binary_url: "ftp://h/a" })), /https/);
  equal(refusalOf(setup().begin({ binary_url: "http://127.0.0.1:9/a" })), "");
  const busy = setup();
  busy.begin();
  match(refusalOf(busy.begin()), /on its way/);
});

Deno.test("[UPD14] an update that the fleet's key did not sign, version and hash, is refused", () => {
  const other = createFleetKey();
  const unsigned = [
    { signature: undefined },
    { signature: "A".repeat(86) },
    { signature: other.sign(RELEASE) },
    { sha256: "cd".repeat(32) },
    { version: "0.3.0" },
    { version: undefined },
    { version: "newest", signature: fleet.sign({ ...RELEASE, version: "newest" }) },
  ];
  for (const change of unsigned) {
    const { begin, seen } = setup();
    const answer = begin(change);
    equal("error" in answer && answer.error.code, "update.signature", JSON.stringify(change));
    deepEqual(seen, []);
  }
  // Every text has a signature by the neutral point; it is no key.
  const neutral = `AQ${"A".repeat(41)}`;
  match(
    refusalOf(setup({ updateKey: neutral }).begin({ signature: `AQ${"A".repeat(84)}` })),
    /fleet/,
  );
  match(refusalOf(setup({ updateKey: null }).begin()), /Set update_key/);
});

Deno.test("[UPD14] an older version is taken only when that is asked for", () => {
  for (const version of ["0.0.9", "0.1.0", "0.10.0", "1.0.0"]) {
    const signed = { version, signature: fleet.sign({ ...RELEASE, version }) };
    const answer = setup().begin(signed);
    const code = "error" in answer ? answer.error.code : "taken";
    equal(code, version === "0.0.9" ? "update.downgrade" : "taken", version);
    equal(refusalOf(setup().begin({ ...signed, downgrade: true })), "");
  }
});

Deno.test("[UPD4] without a restart the new version waits for the next start", async () => {
  const { clock, state, begin, updater, restarts } = setup();
  begin({ restart_after: false });
  await clock.run(0);
  deepEqual([state.current, restarts()], [NAME, 0]);
  match(updater.progress?.detail ?? "", /started again/);
});

Deno.test("[UPD5] a version that has logged in for a while is kept, and the older ones go", async () => {
  const { clock, state, updater } = setup();
  state.current = NAME;
  state.trial = { version: NAME, previous: "old", label: "0.2.0" };
  updater.confirm();
  await clock.run(4_000);
  ok(state.trial);
  await clock.run(2_000);
  deepEqual([state.trial, state.outcome, state.kept], [
    undefined,
    { state: "done", version: "0.2.0" },
    [NAME, "old"],
  ]);
  equal(updater.progress?.state, "done");
});

Deno.test("[UPD5] a version that is not on trial confirms nothing", async () => {
  const { clock, state, updater } = setup();
  state.trial = { version: NAME, previous: "old" };
  updater.confirm();
  await clock.run(6_000);
  ok(state.trial, "another version is on trial, and runs at the next start");
});

Deno.test("[UPD6] the outcome of the last update is reported after the restart", async () => {
  const { state, updater } = setup();
  state.outcome = { state: "rolled_back", version: "0.2.0", detail: "It ended" };
  await updater.recall();
  deepEqual(updater.progress, state.outcome);
});

Deno.test("[UPD5] an update that comes while a version is confirmed is neither removed nor loses its trial", async () => {
  // The confirmation begins after 5 s: the update comes before it, in each of its steps, and after it.
  for (let moment = 4_900; moment <= 5_100; moment += 5) {
    const { clock, state, there, updater, begin } = setupSlow();
    updater.confirm();
    await clock.run(moment);
    begin();
    await clock.run(10_000);
    equal(updater.progress?.state, "restarting", `at ${moment} ms`);
    deepEqual([state.current, state.trial?.version], [NAME, NAME], `at ${moment} ms`);
    ok(there.has(NAME), `what was fetched at ${moment} ms is removed`);
  }
});

/** A version on trial whose disk takes 10 ms for each step, and whose updates take 50 ms to arrive. */
function setupSlow() {
  const clock = new FakeClock();
  const { state, versions } = fakeVersions("new");
  state.trial = { version: "new", previous: "old" };
  const there = new Set(["old", "older", "new"]);
  const slow = <Args extends unknown[], T>(act: (...args: Args) => Promise<T>) => (...args: Args) =>
    new Promise<T>((resolve) => clock.after(10, () => void resolve(act(...args))));
  const updater: Updater = new Updater({
    clock,
    log: createLog({ clock, sink: () => {} }),
    version: "0.1.0",
    updateKey: fleet.publicKey,
    versions: {
      ...versions,
      current: slow(versions.current),
      trial: slow(versions.trial),
      setTrial: slow(versions.setTrial),
      setOutcome: slow(versions.setOutcome),
      switchTo: slow(versions.switchTo),
      keepOnly: slow((names) => {
        for (const name of there) if (!names.includes(name)) there.delete(name);
        return versions.keepOnly(names);
      }),
    },
    tryOut: () => Promise.resolve(there.has(NAME)),
    download: () =>
      new Promise((resolve) => {
        there.add(NAME);
        clock.after(50, () => resolve({}));
      }),
    restart: () => {},
    changed: () => {},
  });
  const begin = () => updater.begin(AgentUpdate.parse(UPDATE), { streaming: false });
  return { clock, state, there, updater, begin };
}

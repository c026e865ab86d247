/**
 * Every attack of this folder against all of Farpad, each for a short time, while a player plays.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { launch } from "../support/endurance/installation.ts";
import { startSteadyPlayer, type SteadyPlayer } from "../support/stack/steady_player.ts";
import { allAttacks, type Outcome, type Target } from "./attack.ts";

/** How long an attack with no end of its own goes on, in milliseconds. */
const DURATION = 1_000;
const WORKER_CREDENTIAL = "abuse-credential-0123456789abcdef0123456789abcdef";

const attacks = await allAttacks();
const running = new AsyncDisposableStack();
let target: Target;
/** A player whose game runs during all attacks. */
let ana: SteadyPlayer;
/** The results of the attacks that wait, which run at once and before the others. */
const waited = new Map<string, Outcome>();

Deno.test.beforeAll(async () => {
  const installation = running.use(
    await launch({
      FARPAD_CAPACITY: "4",
      FARPAD_WORKER_CREDENTIAL: WORKER_CREDENTIAL,
    }),
  );
  target = Object.assign(installation, {
    workerCredential: WORKER_CREDENTIAL,
    duration: DURATION,
  });
  ana = running.use(await startSteadyPlayer(target.url));
  await Promise.all(attacks.map(async ({ name, patient, run }) => {
    if (patient) waited.set(name, await run(target));
  }));
});

Deno.test.afterAll(() => running.disposeAsync());

for (const { name, run } of attacks) {
  Deno.test(`an attacker cannot ${name}`, async () => {
    const { gotThrough } = waited.get(name) ?? await run(target);
    equal(gotThrough, 0);
    await ana.playsOn();
  });
}

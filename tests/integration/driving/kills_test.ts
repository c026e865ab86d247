import { ok } from "node:assert/strict";
import { SILENCE } from "../../support/driving/driven_stack.ts";
import { GUARDS, KillScene, VICTIMS } from "../../support/driving/kill_scene.ts";

/** Beyond the silence, in milliseconds. */
const ALLOWED = 50;

Deno.test("[DRV27] [ACT12] [ACT13] every process is killed in turn, and a guard stopped, while the wheel turns: the wheel goes neutral in time, and does not stop for the coordinator", async () => {
  await using scene = await KillScene.start();
  await scene.killCoordinator();
  for (const victim of VICTIMS) {
    const { held, stalled } = await scene.kill(victim);
    // A guard that the machine does not run cannot write. How fast a second guard takes over is a matter of the machine.
    const isInTime = GUARDS.has(victim) || held <= SILENCE + ALLOWED + stalled;
    ok(isInTime, `${victim}: neutral after ${held} ms, ${stalled} ms without a pulse`);
  }
});

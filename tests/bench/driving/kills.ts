/**
 * Kills every process on the way of control in turn while a wheel turns, and the coordinator, which is not on it.
 * Coordinator, worker, room, agent, pipeline, guard and the driver's browser are real processes on one machine.
 *
 * `failsafe`: the last control that came → the first neutral pulse, by the clock of the guard; for the guard: its end,
 * or its stop → the first pulse of the next one. `late`: kills after which that took longer than the silence, 50 ms and the time in
 * which the machine did not run the guard.
 *
 * @module
 */
import { SILENCE } from "../../support/driving/driven_stack.ts";
import { KillScene, VICTIMS } from "../../support/driving/kill_scene.ts";
import { percentile, round } from "../figures.ts";

const ROUNDS = 20;
/** Beyond the silence, in milliseconds. */
const ALLOWED = 50;

/** Runs the benchmark; the first argument is the number of rounds, the others are the processes to kill. */
export async function kills(args: readonly string[]): Promise<Record<string, number>> {
  const [rounds = ROUNDS, ...named] = [Number(args[0] ?? ROUNDS), ...args.slice(1)];
  const wanted = (name: string) => named.length === 0 || named.includes(name);
  await using scene = await KillScene.start();
  const held = new Map(VICTIMS.filter(wanted).map((victim) => [victim, [] as number[]]));
  let late = 0;
  for (let count = 0; count < rounds; count++) {
    if (wanted("coordinator")) await scene.killCoordinator();
    for (const [victim, times] of held) {
      const kill = await scene.kill(victim);
      times.push(kill.held);
      if (kill.held > SILENCE + ALLOWED + kill.stalled) late++;
    }
  }
  const figures = [...held].flatMap(([victim, times]) => [
    [`failsafe_${victim}_ms_p50`, round(percentile(times, 0.5))],
    [`failsafe_${victim}_ms_max`, round(Math.max(...times))],
  ]);
  const count = rounds * (held.size + Number(wanted("coordinator")));
  return { ...Object.fromEntries(figures), kills: count, late, silence_ms: SILENCE };
}

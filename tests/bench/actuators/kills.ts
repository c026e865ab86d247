/**
 * Kills an agent a thousand times while a wheel turns: `deno run -A tests/bench/actuators/kills.ts [COUNT]`.
 *
 * @module
 */
import { heldFor, killWhileDriving, NEUTRAL } from "../../support/actuators/kills.ts";

const SILENCE = 500;
const held: number[] = [];
for (let kill = 0; kill < Number(Deno.args[0] ?? 1_000); kill++) {
  const writes = await killWhileDriving(SILENCE);
  if (writes.at(-1)!.width !== NEUTRAL) throw new Error(`The wheel turned on after kill ${kill}`);
  held.push(heldFor(writes));
}
held.sort((a, b) => a - b);
const at = (part: number) => Math.round(held[Math.floor(part * (held.length - 1))]!);
console.log(`failsafe_ms_p50 ${at(0.5)}  failsafe_ms_max ${at(1)}  of ${held.length}`);

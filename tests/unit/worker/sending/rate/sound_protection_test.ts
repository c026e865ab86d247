import { equal } from "node:assert/strict";
import type { Millis } from "../../../../../protocol/clock.ts";
import {
  type ProtectionState,
  stepProtection,
  UNPROTECTED,
} from "../../../../../worker/sending/rate/sound_protection.ts";

/** Four measurements a second with the same loss. */
function play(
  loss: number,
  seconds: number,
  { state = UNPROTECTED, from = 0 }: { state?: ProtectionState; from?: number } = {},
): ProtectionState {
  for (let now = from; now < from + 1000 * seconds; now += 250) {
    state = stepProtection(state, loss, now as Millis);
  }
  return state;
}

Deno.test("[SNP1] lasting losses are protected against, by their size", () => {
  equal(play(0.01, 60).percent, 0);
  equal(play(0.03, 5).percent, 10);
  equal(play(0.15, 5).percent, 25);
});

Deno.test("[SNP1] a moment of losses changes nothing", () => {
  equal(play(0, 5, { state: play(0.1, 0.25), from: 250 }).percent, 0);
});

Deno.test("[SNP1] protection ends when losses are rare for ten seconds", () => {
  const state = play(0.05, 10);
  equal(play(0, 9, { state, from: 10_000 }).percent, 10);
  equal(play(0, 20, { state, from: 10_000 }).percent, 0);
  equal(play(0.015, 60, { state, from: 10_000 }).percent, 10);
});

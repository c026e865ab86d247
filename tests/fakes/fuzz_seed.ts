/**
 * Loaded before the gate's tests: property tests draw the same cases every time, so the gate has the same result
 * for the same tree. `FARPAD_FUZZ_SEED=N` draws others, `FARPAD_FUZZ_SEED=random` new ones each time; a case that
 * fails is printed with its seed and becomes a test of its own.
 *
 * @module
 */
import fc from "fast-check";

const wanted = Deno.env.get("FARPAD_FUZZ_SEED") ?? "1";
if (wanted !== "random") fc.configureGlobal({ seed: Number(wanted) });

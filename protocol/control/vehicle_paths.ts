/**
 * What every viewer of a room with a vehicle gets of the network paths by which its pictures come: the value of `paths`
 * in a `Telemetry` message of its own, of the vehicle to the worker and of the worker to the browsers, once a second.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_PATHS } from "../field/max_paths.ts";
import { plainText } from "../plain_text.ts";

/** The longest name of an interface, in characters. */
const MAX_NAME = 32;
/** Between two messages about the paths, in milliseconds. */
export const PATHS_PERIOD = 1_000;

const age = z.number().check(z.gte(0));

/** The states of a path, in the words of `LinkStats`. */
export const PATH_STATES = ["Init", "Probe", "Warm", "Live", "Degrade", "Cooldown"] as const;

/** One path. What the vehicle cannot measure is absent, never 0. */
export const VehiclePath = z.object({
  /** The network interface. */
  interface: plainText(MAX_NAME),
  state: z.enum(PATH_STATES),
  /** For how long it has been in this state, in milliseconds. */
  state_ms: z.optional(age),
  /** In milliseconds. */
  rtt_ms: z.optional(age),
  /** 0 … 1. */
  loss_rate: z.optional(z.number().check(z.gte(0), z.lte(1))),
  /** What the path carries, in kbit/s. */
  capacity_kbps: z.optional(age),
  /** Since the figures above were measured, in milliseconds. */
  age_ms: age,
  /** The radio of the interface, with the age of its figures in milliseconds. */
  signal: z.optional(z.object({
    dbm: z.optional(z.number().check(z.gte(-200), z.lte(50))),
    percent: z.optional(z.number().check(z.gte(0), z.lte(100))),
    age_ms: age,
  })),
});
export type VehiclePath = z.infer<typeof VehiclePath>;

const VehiclePaths = z.array(VehiclePath).check(z.maxLength(MAX_PATHS));

/** Reads the payload of a `Telemetry` message; `undefined` when it has no paths, or not in this form. */
export function readVehiclePaths(
  payload: Readonly<Record<string, unknown>>,
): VehiclePath[] | undefined {
  return VehiclePaths.safeParse(payload.paths).data;
}

/** The paths as old as they are `later` milliseconds after they were described. */
export function agedPaths(paths: readonly VehiclePath[], later: number): VehiclePath[] {
  return paths.map(({ age_ms, state_ms, signal, ...path }) => ({
    ...path,
    ...(state_ms !== undefined && { state_ms: Math.round(state_ms + later) }),
    age_ms: Math.round(age_ms + later),
    ...(signal && { signal: { ...signal, age_ms: Math.round(signal.age_ms + later) } }),
  }));
}

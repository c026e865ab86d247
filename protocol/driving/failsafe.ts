/**
 * When a vehicle's outputs follow its driver, and when they are neutral.
 *
 * ```text
 *              arm, by a driver who is at rest
 *   disarmed ────────────────────────────────▶ armed ──┐ control: stays
 *      ▲  ▲                                    │ │ ▲ ◀─┘
 *      │  └──────────── disarm ────────────────┘ │ │
 *      │                        silence, or lost │ │ arm, by a driver who is at rest
 *      │                                         ▼ │
 *      └──────────── disarm ──────────────── failsafe
 * ```
 *
 * Only `armed` has outputs that are not neutral. Control that comes back changes nothing in `failsafe`: the vehicle may
 * stand on a road or lie on its side, so its driver looks, lets go, and arms again. Arming needs a control that is
 * no older than the silence, that came after the failsafe began, and that has every used input at rest.
 *
 * @module
 */
import type { Millis } from "../clock.ts";
import type { ArmRefusal, FailsafeCause } from "../control/failsafe_causes.ts";
import type { Age } from "./freshness.ts";

/** The newest control. `at`: when it would have come without being held up. */
interface Received {
  readonly at: Millis;
  readonly isAtRest: boolean;
}

/** Where the failsafe stands. */
export type FailsafeState =
  | { readonly state: "disarmed"; readonly received?: Received | undefined }
  | {
    readonly state: "armed";
    /** When the last control would have come without being held up; the silence counts from here. */
    readonly receivedAt: Millis;
    /** The cause, if no newer control comes in time. */
    readonly doubt: "silent" | "stuck" | "stale";
  }
  | {
    readonly state: "failsafe";
    readonly cause: FailsafeCause;
    readonly since: Millis;
    readonly received?: Received | undefined;
  };

/** What happened. `tick`: time passed. */
export type FailsafeEvent =
  | { readonly type: "control"; readonly age: Age; readonly isAtRest: boolean }
  | { readonly type: "arm" | "disarm" | "tick" }
  | { readonly type: "lost"; readonly cause: FailsafeCause };

/** The moment of an event, and how long control may be missing, in milliseconds. */
export interface Moment {
  readonly now: Millis;
  readonly silence: number;
}

/** A vehicle as it starts. */
export const DISARMED: FailsafeState = { state: "disarmed" };

/** The state after an event. An event without effect returns the same object. */
export function step(state: FailsafeState, event: FailsafeEvent, moment: Moment): FailsafeState {
  const current = expire(state, moment);
  switch (event.type) {
    case "tick":
      return current;
    case "control":
      return receive(current, event, moment);
    case "arm":
      return current.state === "armed" || armRefusal(current, moment) ? current : {
        state: "armed",
        receivedAt: current.received!.at,
        doubt: "silent",
      };
    case "disarm":
      return current.state === "disarmed" ? current : DISARMED;
    case "lost":
      return lose(current, event.cause, moment);
  }
}

/** Why `arm` would have no effect; `undefined` when it arms, or when the vehicle is armed. */
export function armRefusal(state: FailsafeState, { now, silence }: Moment): ArmRefusal | undefined {
  if (state.state === "armed") return undefined;
  const { received } = state;
  if (!received || now - received.at >= silence) return "no_control";
  return received.isAtRest ? undefined : "not_at_rest";
}

/** Silence counts before whatever else happens, so that a process that stood still does not go on with old control. */
function expire(state: FailsafeState, { now, silence }: Moment): FailsafeState {
  if (state.state !== "armed" || now - state.receivedAt < silence) return state;
  return { state: "failsafe", cause: state.doubt, since: now };
}

function receive(
  state: FailsafeState,
  { age, isAtRest }: Extract<FailsafeEvent, { type: "control" }>,
  { now, silence }: Moment,
): FailsafeState {
  if (age === "stuck") return state.state === "armed" ? { ...state, doubt: "stuck" } : state;
  const at = (now - age) as Millis;
  if (state.state !== "armed") return { ...state, received: { at, isAtRest } };
  const doubt = age >= silence / 2 ? "stale" : "silent";
  return { state: "armed", receivedAt: Math.max(at, state.receivedAt) as Millis, doubt };
}

/** A link that ends takes nothing from a vehicle that is not armed; an actuator that fails always counts. */
function lose(state: FailsafeState, cause: FailsafeCause, { now }: Moment): FailsafeState {
  if (state.state === "failsafe") {
    return state.received ? { state: "failsafe", cause: state.cause, since: state.since } : state;
  }
  if (state.state === "disarmed" && cause !== "actuator_failed") return DISARMED;
  return { state: "failsafe", cause, since: now };
}

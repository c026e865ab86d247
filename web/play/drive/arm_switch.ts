/**
 * The switch that is held to drive. A wish reaches the vehicle only in `driving`; in every other state the vehicle is
 * sent neutral.
 *
 * ```text
 *              press            held for 0.8 s, at rest         the vehicle is armed
 *   released ────────▶ holding ─────────────────────────▶ asking ───────────────────▶ driving
 *      ▲ ▲ ▲             │                                  │                            │
 *      │ │ └─ let go ────┴──────────────────────────────────┴────────────────────────────┤
 *      │ │                        stopped: a menu opens, the vehicle refuses or loses    │
 *      │ └───────── let go ── stopped ◀──────────────────── its control … ◀──────────────┘
 * ```
 *
 * What stopped the drive is over or not: driving again takes letting go first. Pure; time is passed in.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { CommandError, VehicleState } from "../../../protocol/control/vehicle.ts";

/** How long the switch is held before the vehicle is asked to arm, in milliseconds. */
export const HOLD_TIME = 800;
/** How long the page waits for the vehicle to arm, in milliseconds. */
export const ARM_LIMIT = 4_000;

/** A report that is older than the answer to `arm` arrives no later after it than this, in milliseconds. */
const OVERTAKEN = 300;

/** Why nobody drives from this page although the switch may be held. */
export type Block =
  | "blurred"
  | "hidden"
  | "menu"
  | "unplugged"
  | "no_picture"
  | "no_connection"
  | "no_seat";

/** Why a drive stopped, or did not begin. */
export type Stop =
  | { readonly kind: "blocked"; readonly block: Block }
  | { readonly kind: "refused"; readonly code: CommandError }
  /** The vehicle did not answer in time. */
  | { readonly kind: "no_answer" }
  /** The vehicle went to failsafe. */
  | { readonly kind: "failsafe" }
  /** Somebody else disarmed the vehicle. */
  | { readonly kind: "disarmed" };

/** Where the switch stands. `why`: what stopped the last drive, until the next press. */
export type ArmState =
  | { readonly state: "released"; readonly why?: Stop }
  | { readonly state: "holding"; readonly since: Millis }
  | { readonly state: "asking"; readonly since: Millis }
  /** `seen`: the vehicle's reports have shown it armed. */
  | { readonly state: "driving"; readonly since: Millis; readonly seen: boolean }
  | { readonly state: "stopped"; readonly why: Stop };

/** What happened. */
export type ArmEvent =
  | { readonly type: "press"; readonly block?: Block | undefined }
  | { readonly type: "release" }
  /** Time passed. `isAtRest`: no device steers or drives. */
  | { readonly type: "tick"; readonly isAtRest: boolean }
  | { readonly type: "blocked"; readonly block: Block }
  | { readonly type: "armed" }
  | { readonly type: "refused"; readonly code: CommandError | undefined }
  | { readonly type: "vehicle"; readonly state: VehicleState["state"] };

/** The switch when the page opens. */
export const RELEASED: ArmState = { state: "released" };

/** The state after an event; the same object when nothing changed. */
export function stepArm(state: ArmState, event: ArmEvent, now: Millis): ArmState {
  switch (event.type) {
    case "press":
      if (state.state !== "released") return state;
      return event.block === undefined
        ? { state: "holding", since: now }
        : { state: "stopped", why: { kind: "blocked", block: event.block } };
    case "release":
      if (state.state === "released") return state;
      return state.state === "stopped" ? { state: "released", why: state.why } : RELEASED;
    case "tick":
      return tick(state, event, now);
    case "blocked":
      if (state.state === "released" || state.state === "stopped") return state;
      return { state: "stopped", why: { kind: "blocked", block: event.block } };
    case "armed":
      return state.state === "asking" ? { state: "driving", since: now, seen: false } : state;
    case "refused":
      if (state.state !== "asking") return state;
      return {
        state: "stopped",
        why: event.code ? { kind: "refused", code: event.code } : { kind: "no_answer" },
      };
    case "vehicle":
      return report(state, event.state, now);
  }
}

/** Whether the vehicle may be armed by this page, so that leaving such a state disarms it. */
export function mayBeArmed({ state }: ArmState): boolean {
  return state === "asking" || state === "driving";
}

/** Whether control is sent at the full rate: a vehicle arms only with fresh control. */
export function isHeld({ state }: ArmState): boolean {
  return state === "holding" || state === "asking" || state === "driving";
}

function tick(
  state: ArmState,
  { isAtRest }: Extract<ArmEvent, { type: "tick" }>,
  now: Millis,
): ArmState {
  if (state.state === "holding" && now - state.since >= HOLD_TIME && isAtRest) {
    return { state: "asking", since: now };
  }
  if (state.state === "asking" && now - state.since >= ARM_LIMIT) {
    return { state: "stopped", why: { kind: "no_answer" } };
  }
  if (state.state === "driving" && !state.seen && now - state.since >= ARM_LIMIT) {
    return { state: "stopped", why: { kind: "no_answer" } };
  }
  return state;
}

/** A report that comes shortly after the answer to `arm` may be older than that, unless the vehicle was seen armed. */
function report(state: ArmState, vehicle: VehicleState["state"], now: Millis): ArmState {
  if (state.state !== "driving") return state;
  if (vehicle === "armed") return state.seen ? state : { ...state, seen: true };
  if (!state.seen && now - state.since < OVERTAKEN) return state;
  return { state: "stopped", why: { kind: vehicle } };
}

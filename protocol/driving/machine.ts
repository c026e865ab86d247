/**
 * The connection of a control channel, the same machine on both ends.
 *
 * ```text
 *             handshake                     silence
 *  waiting ─────────────▶ connected ─────────────────▶ disconnected
 *     ▲                    ▲    │ any message: stays        │   │
 *     │                    │    └───────┘                   │   │
 *     │                    └───────── handshake ────────────┘   │
 *     └──────────────────────────── pause ──────────────────────┘
 * ```
 *
 * The handshake is an Ack for the vehicle, which sends a Syn each second while it is not connected, and a Syn for the
 * driving end. Before it, no message counts.
 *
 * @module
 */
import type { Millis } from "../clock.ts";

/** Where a control channel stands. */
export type ControlState =
  | { readonly state: "waiting" }
  | { readonly state: "connected"; readonly receivedAt: Millis }
  | { readonly state: "disconnected"; readonly since: Millis };

/** What happened to it. `tick`: time passed. */
export type ControlEvent = "handshake" | "message" | "tick";

/** Milliseconds. */
export interface ControlLimits {
  /** From the last message to the end of the connection. */
  readonly silence: number;
  /** How long the end is kept before the channel waits as if it had never been connected. */
  readonly pause: number;
}

/** The state after an event. An event without effect returns the same object. */
export function step(
  state: ControlState,
  event: ControlEvent,
  { now, limits }: { readonly now: Millis; readonly limits: ControlLimits },
): ControlState {
  switch (state.state) {
    case "waiting":
      return event === "handshake" ? { state: "connected", receivedAt: now } : state;
    case "connected":
      if (event !== "tick") return { state: "connected", receivedAt: now };
      return now - state.receivedAt >= limits.silence
        ? { state: "disconnected", since: now }
        : state;
    case "disconnected":
      if (event === "handshake") return { state: "connected", receivedAt: now };
      return event === "tick" && now - state.since >= limits.pause ? { state: "waiting" } : state;
  }
}

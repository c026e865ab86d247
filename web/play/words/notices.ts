/**
 * The notice for every state of a session: what happens, for how long, and the possible actions. There is none
 * while the game plays undisturbed.
 *
 * @module
 */
import { formatLeft, formatSeconds, formatZone } from "../../shared/format.ts";
import { type LinkState, lostSince } from "../../shared/socket/leg_socket.ts";
import { STUCK_AFTER } from "../join/session.ts";
import type { NoPlace, SessionState } from "../join/session_state.ts";
import { endNotice, troubleSentence } from "./endings.ts";
import type { Notice } from "./notice.ts";
import { refusalNotice } from "./refusals.ts";

/** The facts beside the session's state that a notice depends on. */
export interface Surroundings {
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly link: LinkState;
  /** The browser says that this device has no network. */
  readonly offline: boolean;
  /** The worker's name and zone, once they are known. */
  readonly worker: { readonly name: string; readonly zone: string } | undefined;
  readonly title: string;
  readonly paused: boolean;
  readonly seated: boolean;
}

/** The notice of a state; `undefined` in the lobby and while the game plays undisturbed. */
export function describe(state: SessionState, around: Surroundings): Notice | undefined {
  switch (state.state) {
    case "lobby":
      return undefined;
    case "connecting":
      return connecting(formatSeconds(around.now - state.asked), around);
    case "negotiating": {
      const place = around.worker ? `${around.worker.name}` : "the worker";
      const again = state.tries > 1 || state.failures > 0 ? " again" : "";
      return {
        tone: "busy",
        icon: "plug",
        title: `Starting ${around.title}`,
        body: state.step === "place"
          ? `Asking ${place} for a place${again}.`
          : `Opening the media connection to ${place}${again}.`,
        clock: formatSeconds(around.now - state.asked),
        actions: ["leave"],
      };
    }
    case "starting":
      return {
        tone: "busy",
        icon: "plug",
        title: `Starting ${around.title}`,
        body: "Connected. Waiting for the first picture.",
        clock: formatSeconds(around.now - state.asked),
        actions: ["leave"],
      };
    case "playing":
      return playing(state, around);
    case "lost":
      return lost(state, around);
    case "no_capacity":
      return {
        tone: "busy",
        icon: "clock",
        title: noPlaceTitle(state.lack),
        body: `${waitingSentence(state.lack)} Play begins by itself.`,
        clock: formatSeconds(around.now - state.asked),
        actions: ["leave"],
      };
    case "ended":
      return endNotice(state.reason, {
        title: around.title,
        saved: state.target.continueFrom !== undefined,
        trouble: state.trouble,
        cause: state.cause,
      });
    case "refused":
      return refusalNotice(state.refusal);
  }
}

function connecting(elapsed: string, { link, now, offline }: Surroundings): Notice {
  const common = { icon: "globe", actions: ["leave"] } as const;
  if (lostSince(link) !== undefined) {
    return {
      ...common,
      tone: "alarm",
      title: "Farpad cannot be reached",
      body: offline
        ? "This device is offline. Play begins by itself once it is online."
        : "It may be starting again. Play begins by itself once it answers.",
      clock: nextTry(link, now),
      actions: ["dial", "leave"],
    };
  }
  const body = link.state === "open" ? "Looking for the nearest worker." : "Reaching Farpad.";
  return { ...common, tone: "busy", title: "Connecting", body, clock: elapsed };
}

function playing(
  state: Extract<SessionState, { state: "playing" }>,
  { now, paused, seated }: Surroundings,
): Notice | undefined {
  if (paused) {
    return {
      tone: "calm",
      icon: "pause",
      title: "Paused",
      body: seated
        ? "The game stands still for everybody in the room."
        : "A player paused the game.",
      actions: seated ? ["resume"] : [],
    };
  }
  if (state.frozenSince === undefined) return undefined;
  const still = now - state.frozenSince;
  return {
    tone: "busy",
    icon: "warning",
    title: "The picture stands still",
    body:
      "The worker answers, but its pictures do not arrive. If none comes, the connection is made anew.",
    clock: `${formatSeconds(still)} · new connection in ${formatLeft(STUCK_AFTER - still)}`,
    actions: [],
  };
}

function lost(
  { trouble, since, retryAt }: Extract<SessionState, { state: "lost" }>,
  { now, link, offline }: Surroundings,
): Notice {
  const common = { tone: "alarm", icon: "plug", title: "Connection lost" } as const;
  if (link.state !== "open") {
    const why = offline
      ? "This device is offline."
      : lostSince(link) === undefined
      ? troubleSentence(trouble)
      : "Farpad cannot be reached either; it may be starting again.";
    return {
      ...common,
      body: `${why} Your room is kept for now.`,
      clock: `${formatSeconds(now - since)} · ${nextTry(link, now).toLowerCase()}`,
      actions: ["dial", "leave"],
    };
  }
  return {
    ...common,
    body: `${troubleSentence(trouble)} Your room is kept.`,
    clock: `Trying again in ${formatLeft(retryAt - now)}`,
    actions: ["now", "leave"],
  };
}

/** When the coordinator is tried next. */
function nextTry(link: LinkState, now: number): string {
  return link.state === "lost" ? `Next try in ${formatLeft(link.retryAt - now)}` : "Trying now";
}

/** What a player who waits for a place waits for, or where it is in the line. */
function waitingSentence({ position, crowded }: NoPlace): string {
  if (crowded) return "Waiting for your turn.";
  if (position === undefined) return "Waiting for one.";
  if (position === 1) return "You are first in line.";
  return position === 2
    ? "One player asked before you."
    : `${position - 1} players asked before you.`;
}

/** Why there is no place. The clock of the notice shows the time waited. */
export function noPlaceTitle({ workers, zone, worker_id, crowded }: NoPlace): string {
  if (crowded) return "Many people come into this room now";
  const where = worker_id ? ` on ${worker_id}` : zone ? ` in ${formatZone(zone)}` : "";
  if (workers > 0) return `No free place${where}`;
  if (worker_id) return `Worker ${worker_id} is not connected`;
  return `No worker${where} is connected`;
}

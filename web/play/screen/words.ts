/**
 * Every state of the player in words: what is going on, for how long, and what can be done. Nothing while all
 * is well.
 *
 * @module
 */
import type { EndReason } from "../../../protocol/legs/room.ts";
import { formatLeft, formatSeconds } from "../../shared/format.ts";
import type { IconName } from "../../shared/icon.tsx";
import type { LinkState } from "../../shared/leg_socket.ts";
import { STUCK_AFTER } from "../join/session.ts";
import type { SessionState } from "../join/session_state.ts";

export type Action = "retry" | "again" | "now" | "leave" | "resume" | "library";

export interface Notice {
  /** `busy` turns, `calm` waits for the person, `alarm` is a fault. */
  readonly tone: "busy" | "calm" | "alarm";
  readonly icon: IconName;
  readonly title: string;
  readonly body: string;
  /** Changes every second; not read out. */
  readonly clock?: string;
  /** The first one is the main one. */
  readonly actions: readonly Action[];
}

export interface Surroundings {
  readonly now: number;
  readonly link: LinkState;
  /** The worker's name and zone, once they are known. */
  readonly worker: { readonly name: string; readonly zone: string } | undefined;
  readonly title: string;
  readonly paused: boolean;
  readonly seated: boolean;
}

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
        title: firstSentence(state.message),
        body: "Waiting for one. Play begins by itself as soon as it is there.",
        clock: formatSeconds(around.now - state.asked),
        actions: ["leave"],
      };
    case "ended":
      return { ...ending(state.reason, around.title), body: sentence(reasonOf(state.message)) };
    case "refused":
      return refusal(state.code, sentence(state.message));
  }
}

function connecting(elapsed: string, { link, now }: Surroundings): Notice {
  const common = { icon: "globe", actions: ["leave"] } as const;
  if (link.state === "lost") {
    return {
      ...common,
      tone: "alarm",
      title: "Farpad cannot be reached",
      body: "Check that this device is online. Farpad is tried again by itself.",
      clock: `Next try in ${formatLeft(link.retryAt - now)}`,
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
  { why, since, retryAt }: Extract<SessionState, { state: "lost" }>,
  { now, link }: Surroundings,
): Notice {
  const common = { tone: "alarm", icon: "plug", title: "Connection lost" } as const;
  if (link.state !== "open") {
    return {
      ...common,
      body:
        "Farpad cannot be reached either: this device seems to be offline. Your room is kept for now.",
      clock: formatSeconds(now - since),
      actions: ["leave"],
    };
  }
  return {
    ...common,
    body: `${sentence(why)} Your room is kept.`,
    clock: `Trying again in ${formatLeft(retryAt - now)}`,
    actions: ["now", "leave"],
  };
}

/** Title and way out for each reason; the sentence comes from whoever ended it. */
function ending(reason: EndReason, title: string): Omit<Notice, "body"> {
  const again = ["again", "library"] as const;
  const alarm = { tone: "alarm", icon: "warning", actions: again } as const;
  const calm = { tone: "calm", icon: "stop", actions: again } as const;
  switch (reason) {
    case "quit":
      return { ...calm, title: `You left ${title}` };
    case "left":
      return { ...calm, title: `${title} ended` };
    case "crashed":
      return { ...alarm, title: `${title} ended unexpectedly` };
    case "stalled":
      return { ...alarm, title: `${title} stopped answering` };
    case "failed":
      return { ...alarm, title: `${title} could not be started` };
    case "worker_lost":
      return { ...alarm, title: "The worker is gone" };
    case "operator":
      return { ...calm, title: `${title} was ended` };
    case "drained":
      return { ...calm, title: `${title} ended` };
    case "not_connected":
      return {
        ...alarm,
        icon: "plug",
        title: "No media connection",
        actions: ["retry", "library"],
      };
    case "source_ended":
      return { ...calm, title: "The source stopped" };
  }
}

function refusal(code: string, body: string): Notice {
  const alarm = { tone: "alarm", icon: "warning", body } as const;
  switch (code) {
    case "room.unknown":
      return {
        tone: "calm",
        icon: "search",
        title: "This room is not open",
        body: `${body} Ask for a new link, or start a game of your own.`,
        actions: ["library"],
      };
    case "app.unknown":
      return {
        tone: "calm",
        icon: "search",
        title: "Not in this library",
        body,
        actions: ["library"],
      };
    case "app.unavailable":
      return { ...alarm, title: "Cannot be played here", actions: ["library"] };
    case "link.replaced":
      return {
        tone: "calm",
        icon: "window",
        title: "Open in another window",
        body,
        actions: ["library"],
      };
    case "browser.no_webrtc":
      return { ...alarm, title: "This browser has no WebRTC", actions: ["library"] };
    case "room.no_capacity":
      return { ...alarm, icon: "clock", title: "No free place", actions: ["retry", "library"] };
    default:
      return { ...alarm, title: "Cannot start", actions: ["retry", "library"] };
  }
}

/** The coordinator says "Ended: why."; the title says the first part already. */
function reasonOf(message: string): string {
  const why = message.replace(/^Ended: /, "");
  return why.charAt(0).toUpperCase() + why.slice(1);
}

/** What is missing; the rest says how long it was waited for, which the clock tells better. */
function firstSentence(text: string): string {
  return text.split(/[.!?](?:\s|$)/, 1)[0] || "No free place";
}

/** With a full stop, whoever wrote it. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

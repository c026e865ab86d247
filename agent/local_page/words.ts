/**
 * The state of the box in plain words, for a person who stands beside it.
 *
 * @module
 */
import type { DeviceStatus, NetworkInterface } from "../../protocol/field/device.ts";
import { type Bars, percentBars, signalBars } from "../../protocol/field/signal_bars.ts";
import type { Broadcaster } from "../broadcaster.ts";
import type { LocalRequest } from "./requests.ts";
import type { LoginState } from "../login.ts";

/** Everything that the page shows. */
export interface PageFacts {
  readonly version: string;
  readonly hostname: string;
  readonly coordinator: string | undefined;
  readonly senderId: string | undefined;
  /** Whether an enrolment was given that is not spent as yet. */
  readonly enrolling: boolean;
  readonly login: LoginState;
  readonly stream: Pick<Broadcaster, "state" | "running" | "last">;
  /** What a person here asked for; absent where no operator allowed start and stop. */
  readonly request?: LocalRequest | undefined;
  readonly update: DeviceStatus["update"];
  readonly interfaces: DeviceStatus["network_interfaces"];
}

/** The state in one line, with the tone in which it is shown. */
export interface Headline {
  readonly tone: "live" | "attention" | "off";
  readonly text: string;
}

/** Loss that a viewer sees, as a share. */
const LOSS_SEEN = 0.05;

/** The state of the box in one line. */
export function headlineOf({ login, senderId, stream }: PageFacts): Headline {
  if (login.state === "online") {
    if (stream.state !== "streaming") return { tone: "live", text: "Online, ready to send" };
    const isLost = stream.last.stats?.input?.state === "lost";
    return isLost
      ? { tone: "attention", text: "The source is lost; opening it again" }
      : { tone: "live", text: "Sending" };
  }
  if (senderId === undefined) {
    return {
      tone: "attention",
      text: login.state === "offline" ? "Not enrolled yet" : "Enrolling",
    };
  }
  return { tone: "off", text: "No contact with the coordinator; trying again" };
}

/** Why the box is not online and what happens next, in sentences. */
export function offlineWords({ login, senderId, enrolling }: PageFacts): string[] {
  if (login.state === "online") return [];
  const isTried = senderId === undefined && enrolling && login.state === "offline";
  return [
    ...sentence(login.why),
    ...(isTried ? ["A link was given; it is tried within half a minute."] : []),
  ];
}

/** What the stream does, in sentences. */
export function streamWords({ state, last: { stats, end } }: PageFacts["stream"]): string[] {
  if (state === "idle") {
    if (!end) return ["No stream runs."];
    return [
      `No stream runs. The last one ended: ${END_WORDS[end.reason]}.`,
      ...sentence(end.error),
    ];
  }
  if (state !== "streaming" || !stats) {
    return [state === "stopping" ? "The stream is being stopped." : "The stream is starting."];
  }
  const { input, framerate, encoder_bitrate_kbps: kbps, uptime_s, links } = stats;
  if (input?.state === "lost") {
    const { lost_for_s, gives_up_in_s, error } = input;
    return [
      `No picture for ${lost_for_s} s; the stream ends in ${gives_up_in_s} s.`,
      ...sentence(error),
    ];
  }
  const pictures = framerate == null ? "" : ` and ${Math.round(framerate)} pictures a second`;
  const live = links.filter(({ state }) => state === "Live").length;
  const losses = links.flatMap(({ loss_rate }) => loss_rate ?? []);
  const worst = Math.max(0, ...losses);
  return [
    `Sending ${(kbps / 1000).toFixed(1)} Mbit/s${pictures}, for ${duration(uptime_s)}.`,
    ...(links.length > 1 ? [`${live} of ${links.length} paths carry it.`] : []),
    ...(worst >= LOSS_SEEN ? [`The network loses ${Math.round(worst * 100)} % of it.`] : []),
  ];
}

const END_WORDS = {
  user_stop: "it was stopped here",
  error: "something failed",
  control_plane_stop: "it was stopped in the dashboard",
  agent_shutdown: "the agent was shut down",
  timeout: "the receiver did not answer",
  pipeline_crash: "the program that sends it ended unexpectedly",
} as const;

/** The bars of an interface and the figure that they come from; `undefined` for one without radio. */
export function signalOf(
  { signal_dbm: dbm, signal_percent: percent }: NetworkInterface,
): { readonly bars: Bars; readonly figure: string } | undefined {
  if (typeof dbm === "number") return { bars: signalBars(dbm), figure: `${dbm} dBm` };
  if (typeof percent !== "number") return undefined;
  return { bars: percentBars(percent), figure: `${Math.round(percent)} %` };
}

/** How far the clock of the box is off, if the coordinator said so. */
export function clockWords(login: LoginState): string | undefined {
  if (login.state !== "online" || login.skew === undefined) return undefined;
  const seconds = Math.round(login.skew / 1000);
  if (Math.abs(seconds) < 2) return "right";
  return `${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the coordinator`;
}

function sentence(text: string | undefined): string[] {
  if (!text) return [];
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return [/[.!?]$/.test(first) ? first : `${first}.`];
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

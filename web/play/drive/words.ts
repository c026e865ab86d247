/**
 * The words of the driving page: the switch, loss of control, the latency, the readings. Pure.
 *
 * @module
 */
import type { CommandError, ReadingName } from "../../../protocol/control/vehicle.ts";
import { type Status } from "../../shared/format.ts";
import type { SeatView } from "../join/seats.ts";
import type { ArmState, Block, Stop } from "./arm_switch.ts";
import type { Loss } from "./vehicle_watch.ts";

const SPACE = "\u202f";

/** What the switch says, and whether that is good news. */
export interface ArmWords {
  readonly label: string;
  /** One sentence below it; none while driving. */
  readonly hint: string;
  readonly tone: "idle" | "busy" | "live" | "alarm";
}

/** The words of the switch. `isAtRest`: nothing is pushed; `holdWith`: how this person holds it, such as `Space`. */
export function armWords(
  arm: ArmState,
  { isAtRest, holdWith }: { readonly isAtRest: boolean; readonly holdWith: string },
): ArmWords {
  switch (arm.state) {
    case "released":
      return {
        label: "Hold to drive",
        hint: arm.why ? stopSentence(arm.why) : `Hold ${holdWith} to drive, let go to stop.`,
        tone: arm.why ? "alarm" : "idle",
      };
    case "holding":
      return isAtRest
        ? { label: "Keep holding", hint: "The vehicle is armed in a moment.", tone: "busy" }
        : { label: "Let go of the sticks", hint: "A vehicle arms only at rest.", tone: "alarm" };
    case "asking":
      return { label: "Arming", hint: "Waiting for the vehicle.", tone: "busy" };
    case "driving":
      return { label: "Driving", hint: "Let go to stop.", tone: "live" };
    case "stopped":
      return { label: "Let go", hint: stopSentence(arm.why), tone: "alarm" };
  }
}

/** Why a drive stopped, or did not begin. */
export function stopSentence(why: Stop): string {
  switch (why.kind) {
    case "blocked":
      return BLOCKS[why.block];
    case "refused":
      return `Not armed: ${REFUSED[why.code]}.`;
    case "no_answer":
      return "Not armed: the vehicle did not answer in time.";
    case "failsafe":
      return "Stopped: the vehicle lost its control. Look, let go, hold again.";
    case "disarmed":
      return "Stopped: the vehicle was disarmed.";
  }
}

const BLOCKS: Readonly<Record<Block, string>> = {
  blurred: "Stopped: this window was not in front.",
  hidden: "Stopped: this tab was hidden.",
  menu: "Stopped: a menu was open.",
  unplugged: "Stopped: the gamepad was unplugged.",
  no_picture: "Stopped: there is no moving picture.",
  no_connection: "Stopped: the connection was lost.",
  no_seat: "Somebody else has the wheel.",
};

const REFUSED: Readonly<Record<CommandError, string>> = {
  "seat.needed": "somebody else has the wheel",
  "seat.not_asked": "nobody asks for the wheel",
  "command.unknown": "this room has no vehicle",
  "command.busy": "too many commands wait for the vehicle",
  "vehicle.unreachable": "the vehicle cannot be reached",
  "arm.no_control": "no control of this page reaches the vehicle",
  "arm.not_at_rest": "steering or throttle is not at rest",
  "arm.actuator_failed": "the vehicle's actuator has failed",
  "arm.no_standby": "the vehicle's second guard is starting; try again in a moment",
  "arm.undone": "the vehicle was disarmed meanwhile",
};

/** The reason that a command other than arming was not carried out, as a sentence. */
export function commandSentence(code: CommandError | undefined): string {
  if (code === undefined) return "The worker did not answer.";
  const reason = REFUSED[code];
  return `${reason[0]!.toUpperCase()}${reason.slice(1)}.`;
}

/**
 * What is said of a loss: the headline, and why. A hand-over is on purpose, and a vehicle that never came was not lost:
 * these are no alarms.
 */
export interface LossWords {
  readonly title: string;
  readonly body: string;
  readonly tone: "attention" | "lost";
}

/** The words of a loss of control. */
export function lossWords({ kind, port }: Pick<Loss, "kind" | "port">): LossWords {
  if (kind === "handed_over") {
    return { title: "The wheel changed hands", body: "The vehicle is neutral.", tone: "attention" };
  }
  if (kind === "waiting") {
    return {
      title: "Waiting for the vehicle",
      body: "It has not connected to the worker yet.",
      tone: "attention",
    };
  }
  if (kind === "port_taken" || kind === "port_failed") {
    const body = kind === "port_taken"
      ? `Another program on the worker has UDP port ${port}. The vehicle can connect once it is free.`
      : `The worker cannot open UDP port ${port}. It tries again each second; its log says why.`;
    return { title: "The vehicle cannot connect", body, tone: "attention" };
  }
  return { title: "Control lost", body: LOSSES[kind], tone: "lost" };
}

/** The kinds that are no loss. */
type Calm = "handed_over" | "waiting" | "port_taken" | "port_failed";

const LOSSES: Readonly<Record<Exclude<Loss["kind"], Calm>, string>> = {
  no_view: "The worker sends no report of the vehicle.",
  disconnected: "The vehicle is not connected to the worker.",
  silent: "No control reached the vehicle in time. It is neutral.",
  stuck: "The vehicle got the same control over and over. It is neutral.",
  stale: "Control reached the vehicle too late. It is neutral.",
  worker_lost: "The worker ended. The vehicle is neutral.",
  browser_lost: "The driver's browser is gone. The vehicle is neutral.",
  agent_lost: "The program on the vehicle ended. The vehicle is neutral.",
  guard_lost: "A program that guards the vehicle's outputs ended. The vehicle is neutral.",
  actuator_failed: "The vehicle's actuator has failed.",
};

/** Who has the wheel. `name`: what the driver goes by. */
export function driverWords(who: SeatView["who"], name: string | undefined): string {
  switch (who) {
    case "you":
      return "You drive";
    case "open":
      return "Nobody drives";
    case "taken":
      return `${name ?? "Somebody"} drives`;
    case "away":
      return name === undefined ? "The driver is away" : `${name} is away`;
  }
}

/** What a round trip from the driver to the vehicle means for driving. */
export function tripWord(status: Status): string {
  switch (status) {
    case "live":
      return "quick";
    case "attention":
      return "noticeable";
    case "lost":
      return "slow";
    case "off":
      return "not measured";
  }
}

/** How old a reading is: `now`, `4 s`, `2 min`. */
export function ageWord(age: number): string {
  if (age < 1_500) return "now";
  if (age < 120_000) return `${Math.round(age / 1000)}${SPACE}s`;
  return `${Math.floor(age / 60_000)}${SPACE}min`;
}

const FIXES = ["no fix", "time only", "2D fix", "3D fix"] as const;

/** A reading with its unit. */
export function readingText(name: ReadingName, value: number): string {
  switch (name) {
    case "battery_v":
      return `${value.toFixed(1)}${SPACE}V`;
    case "battery_percent":
    case "cpu_percent":
    case "signal_percent":
      return `${Math.round(value)}${SPACE}%`;
    case "speed_mps":
      return `${(value * 3.6).toFixed(1).replace("-", "−")}${SPACE}km/h`;
    case "heading_deg":
      return `${Math.round(value)}°`;
    case "lat":
    case "lon":
      return `${value.toFixed(5)}°`;
    case "gps_fix":
      return FIXES[value] ?? FIXES[0];
    case "altitude_m":
      return `${Math.round(value)}${SPACE}m`;
    case "temperature_c":
      return `${Math.round(value)}${SPACE}°C`;
    case "signal_dbm":
      return `${String(Math.round(value)).replace("-", "−")}${SPACE}dBm`;
  }
}

/** `−34 %` of a share from −1 to 1. */
export function shareText(share: number): string {
  const percent = Math.round(share * 100);
  return `${String(percent).replace("-", "−")}${SPACE}%`;
}

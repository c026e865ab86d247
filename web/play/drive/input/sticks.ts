/**
 * Driving by gamepad or steering wheel. A pad of the W3C standard mapping steers with its left stick and drives with
 * its triggers, or with its right stick; a wheel, or a pad of another layout, follows the map that its person made. Pure.
 *
 * @module
 */
import type { DriveState } from "../../../../protocol/control/control.ts";
import { type GamepadReading, pluggedIn } from "../../input/gamepad.ts";
import { beyond, mergeWishes, unit } from "./wish.ts";
import type { Axis, Part, WheelMap } from "./wheel_map.ts";

/** A stick closer to its middle than this counts as centred (share of full tilt). */
const STICK_DEAD_ZONE = 0.1;
/** A wheel or pedal closer to its rest than this counts as at rest. */
const WHEEL_DEAD_ZONE = 0.03;
/** The shoulders of the standard mapping; on most wheels these are the paddles. */
const SHOULDERS = [4, 5];
const TRIGGERS = { back: 6, forward: 7 };

/** What the gamepads of one moment say. */
export interface StickReading {
  readonly wish: DriveState;
  /** The control that is held to drive. */
  readonly held: boolean;
}

/** Reads every gamepad that can be read; `undefined` when there is none. */
export function readSticks(
  gamepads: Iterable<GamepadReading | null>,
  maps: Readonly<Record<string, WheelMap>>,
): StickReading | undefined {
  const readings = pluggedIn(gamepads).flatMap((gamepad) => {
    const map = Object.hasOwn(maps, gamepad.id) ? maps[gamepad.id] : undefined;
    if (map) return [readWheel(gamepad, map)];
    return gamepad.mapping === "standard" ? [readPad(gamepad)] : [];
  });
  if (readings.length === 0) return undefined;
  return {
    wish: mergeWishes(readings.map(({ wish }) => wish)),
    held: readings.some(({ held }) => held),
  };
}

function readPad({ axes, buttons }: GamepadReading): StickReading {
  const trigger = (i: number) => Math.max(0, unit(buttons[i]?.value ?? 0));
  const triggers = trigger(TRIGGERS.forward) - trigger(TRIGGERS.back);
  const stick = -beyond(axes[3] ?? 0, STICK_DEAD_ZONE);
  return {
    wish: {
      steering: beyond(axes[0] ?? 0, STICK_DEAD_ZONE),
      throttle: Math.abs(triggers) > WHEEL_DEAD_ZONE ? triggers : stick + 0,
    },
    held: SHOULDERS.some((i) => buttons[i]?.pressed),
  };
}

function readWheel(gamepad: GamepadReading, map: WheelMap): StickReading {
  const forward = Math.max(0, push(gamepad, map.forward));
  const back = map.back ? Math.max(0, push(gamepad, map.back)) : 0;
  return {
    wish: { steering: push(gamepad, map.right), throttle: forward - back },
    held: push(gamepad, map.hold) >= 0.5,
  };
}

/** How far a part is pushed, 0 at its rest, 1 where it was pushed to at the set-up; −1 the other way. */
function push({ axes, buttons }: GamepadReading, part: Part): number {
  if ("button" in part) return unit(buttons[part.button]?.value ?? 0);
  const now = axes[part.axis];
  return now === undefined ? 0 : beyond(share(now, part), WHEEL_DEAD_ZONE);
}

function share(now: number, { rest, pushed }: Axis): number {
  return unit((now - rest) / (pushed - rest));
}

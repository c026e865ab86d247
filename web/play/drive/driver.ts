/**
 * The driver of a vehicle at this page: samples the devices, runs the held switch, and gives the wish to the media
 * connection. It sends neutral unless the switch is held and the vehicle is armed.
 *
 * @module
 */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import type { GamepadReading } from "../input/gamepad.ts";
import type { Driving } from "../input/input_sender.ts";
import {
  type ArmEvent,
  type ArmState,
  type Block,
  isHeld,
  mayBeArmed,
  RELEASED,
  stepArm,
} from "./arm_switch.ts";
import { rampKeys } from "./input/keys.ts";
import { readSticks } from "./input/sticks.ts";
import { type DriveDevice, isAtRest, mergeWishes, REST, shapeWish } from "./input/wish.ts";
import type { KeptSettings } from "./settings.ts";
import type { VehicleLane } from "./vehicle_lane.ts";
import { NOTHING_SEEN, watch } from "./vehicle_watch.ts";

/** The time between two samples of the devices, in milliseconds: 125 a second. */
export const SAMPLE_PERIOD = 8;

/** A vehicle that is still armed after so long is disarmed once more, in milliseconds. */
const DISARM_AGAIN = 1_000;

/** The part of a media connection that a driver uses. */
export interface DriveLink {
  readonly vehicle: VehicleLane;
  /** What is sent from now on; `undefined`: a pad, as a watcher sends it. */
  drive(driving: Driving | undefined): void;
}

interface DriverOptions {
  readonly clock: Clock;
  /** The media connection of the moment. */
  readonly link: ReadonlySignal<DriveLink | undefined>;
  readonly settings: Pick<KeptSettings, "all">;
  readonly gamepads: () => Iterable<GamepadReading | null>;
}

/** What the switch is held with. */
export type HoldBy = "key" | "button" | "gamepad" | "touch";

/** One page's driver. Disposing it disarms. */
export class Driver implements Disposable {
  readonly arm = signal<ArmState>(RELEASED);
  /** What the devices say, curved and limited. */
  readonly input = signal<DriveState>(REST);
  /** What this page sends; `undefined` while it sends no wish. */
  readonly sent = signal<DriveState | undefined>(undefined);
  readonly gamepad = signal(false);
  /** A leaned phone steers. */
  readonly leans = signal(false);
  /** What is remembered of the vehicle. */
  readonly watched = signal(NOTHING_SEEN);

  readonly #options: DriverOptions;
  readonly #devices = new Map<DriveDevice, DriveState>();
  readonly #holds = new Set<HoldBy>();
  readonly #blocks = new Set<Block>(["no_seat"]);
  readonly #keys = new Set<string>();
  readonly #following: () => void;
  #sampling: Disposable | undefined;
  #sampledAt = 0 as Millis;
  #disarmedAt = -Infinity;
  #attempt = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#following = effect(() => {
      const link = options.link.value;
      const seen = link?.vehicle.newest.value;
      untracked(() => {
        this.setBlock("no_connection", { active: link === undefined });
        this.#deliver();
        if (!seen) return;
        this.watched.value = watch(this.watched.value, seen);
        this.#dispatch({ type: "vehicle", state: seen.view.state });
        if (seen.view.state === "armed") this.#disarmAgain();
      });
    });
  }

  /** Whether this session holds the control seat. */
  setSeat({ held }: { readonly held: boolean }): void {
    this.setBlock("no_seat", { active: !held });
    if (held === (this.#sampling !== undefined)) return;
    if (held) {
      this.#sampledAt = this.#options.clock.now();
      this.#sampling = every(this.#options.clock, SAMPLE_PERIOD, () => this.#sample());
      return this.#deliver();
    }
    this.#sampling?.[Symbol.dispose]();
    this.#sampling = undefined;
    this.input.value = REST;
    this.sent.value = undefined;
    this.#options.link.peek()?.drive(undefined);
  }

  /** A reason for which nobody drives from this page, until it is over and the switch is held anew. */
  setBlock(block: Block, { active }: { readonly active: boolean }): void {
    if (!active) return void this.#blocks.delete(block);
    this.#blocks.add(block);
    this.#keys.clear();
    this.#devices.delete("keyboard");
    this.#dispatch({ type: "blocked", block });
  }

  /** The switch is held with a device, or not any more. */
  hold(by: HoldBy, { active }: { readonly active: boolean }): void {
    const wasHeld = this.#holds.size > 0;
    if (active) this.#holds.add(by);
    else this.#holds.delete(by);
    const isHeldNow = this.#holds.size > 0;
    if (isHeldNow === wasHeld) return;
    const [block] = this.#blocks;
    this.#dispatch(isHeldNow ? { type: "press", block } : { type: "release" });
  }

  /** What a device says; `undefined` when it is gone. */
  set(device: "touch" | "tilt", wish: DriveState | undefined): void {
    if (wish) this.#devices.set(device, wish);
    else this.#devices.delete(device);
    this.#changed();
    this.leans.value = this.#devices.has("tilt");
  }

  /** A driving key went down or up. Keys that go down while there is a reason not to drive count for nothing. */
  key(code: string, { down }: { readonly down: boolean }): void {
    if (down && this.#blocks.size === 0) this.#keys.add(code);
    if (!down) this.#keys.delete(code);
    this.#changed();
  }

  /** Forgets the keys that are held, where no key-up may arrive. */
  dropKeys(): void {
    this.#keys.clear();
    this.hold("key", { active: false });
  }

  /** The page of the vehicle is left. */
  reset(): void {
    this.dropKeys();
    this.setSeat({ held: false });
    this.#devices.clear();
    this.leans.value = false;
    this.watched.value = NOTHING_SEEN;
  }

  [Symbol.dispose](): void {
    this.setSeat({ held: false });
    this.#following();
  }

  /** A device said something new, which does not wait for the next sample. */
  #changed(): void {
    if (this.#sampling) this.#sample();
  }

  #sample(): void {
    const now = this.#options.clock.now();
    const keyboard = rampKeys(
      this.#devices.get("keyboard") ?? REST,
      this.#keys,
      now - this.#sampledAt,
    );
    this.#sampledAt = now;
    this.#devices.set("keyboard", keyboard);
    this.#sampleSticks();
    const wish = mergeWishes(this.#devices.values());
    const { expo, max_throttle } = this.#options.settings.all.peek();
    const shaped = shapeWish(wish, { expo: expo / 100, maxThrottle: max_throttle / 100 });
    this.input.value = shaped;
    this.#dispatch({ type: "tick", isAtRest: isAtRest(wish) });
    this.#deliver();
  }

  #sampleSticks(): void {
    const sticks = readSticks(this.#options.gamepads(), this.#options.settings.all.peek().wheels);
    const wasThere = this.gamepad.peek();
    this.gamepad.value = sticks !== undefined;
    if (sticks) this.#devices.set("gamepad", sticks.wish);
    else this.#devices.delete("gamepad");
    // A pad that is gone can neither steer nor let go.
    if (wasThere && !sticks) this.#dispatch({ type: "blocked", block: "unplugged" });
    this.hold("gamepad", { active: sticks?.held ?? false });
  }

  #dispatch(event: ArmEvent): void {
    const before = this.arm.peek();
    const after = stepArm(before, event, this.#options.clock.now());
    if (after === before) return;
    this.arm.value = after;
    // Neutral leaves before the command.
    this.#deliver();
    const { vehicle } = this.#options.link.peek() ?? {};
    if (after.state === "asking") void this.#arm(vehicle);
    if (mayBeArmed(before) && !mayBeArmed(after) && !isFailsafe(after)) {
      this.#disarm();
    }
  }

  #disarm(): void {
    this.#disarmedAt = this.#options.clock.now();
    void this.#options.link.peek()?.vehicle.command("disarm");
  }

  /** The vehicle is armed although nobody holds the switch of its driver: the command was lost on the way. */
  #disarmAgain(): void {
    if (!this.#sampling || mayBeArmed(this.arm.peek())) return;
    if (this.#options.clock.now() - this.#disarmedAt >= DISARM_AGAIN) this.#disarm();
  }

  async #arm(vehicle: VehicleLane | undefined): Promise<void> {
    const attempt = this.#attempt += 1;
    const answer = await vehicle?.command("arm");
    if (attempt !== this.#attempt || !answer) return;
    this.#dispatch(answer.done ? { type: "armed" } : { type: "refused", code: answer.code });
  }

  #deliver(): void {
    if (!this.#sampling) return;
    const arm = this.arm.peek();
    const wish = arm.state === "driving" ? this.input.peek() : REST;
    this.#options.link.peek()?.drive({ wish, held: isHeld(arm) });
    this.sent.value = wish;
  }
}

/** A vehicle in failsafe stays in it with its cause for all to see, until somebody arms it. */
function isFailsafe(arm: ArmState): boolean {
  return arm.state === "stopped" && arm.why.kind === "failsafe";
}

/**
 * The wheel, as people call the control seat: who has it, and asking for it, taking it, giving it and leaving it.
 *
 * ```text
 *         ask ──▶ taken by another ──▶ asked ──the driver gives it──▶ mine
 *  none ─┤                               └─ refused, or 10 s ─▶ none, with a note
 *         ask ──▶ free ──▶ mine
 * ```
 *
 * @module
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import type { Toaster } from "../../shared/toast.tsx";
import { askRoom } from "../join/commands.ts";
import type { RoomLane } from "../media/room_lane.ts";
import { refusalToast } from "../words/refusals.ts";
import type { DriveLink } from "./driver.ts";
import type { Identities } from "../room/identity.ts";
import { commandSentence } from "./words.ts";

/** How long a request counts, in milliseconds (DRV19). */
const REQUEST_TIME = 10_000;
/** The control seat of a room with a vehicle. */
const WHEEL = 0;
const GIVEN = "The driver gave you the wheel.";

interface WheelOptions {
  readonly clock: Clock;
  readonly link: ReadonlySignal<DriveLink | undefined>;
  readonly media: ReadonlySignal<{ readonly room: Pick<RoomLane, "ask"> } | undefined>;
  readonly toaster: Pick<Toaster, "done" | "refused">;
  readonly identity: Pick<Identities, "own">;
}

/** What a person does about the wheel. Each resolves when its answer is shown; none rejects. */
export interface Wheel {
  /** The driver is shown a request of this page. */
  readonly asked: ReadonlySignal<boolean>;
  /** An answer is waited for. */
  readonly pending: ReadonlySignal<boolean>;
  /** Takes the wheel, or asks its driver for it. */
  ask(): Promise<void>;
  /** Gives the wheel to the one who asked last. */
  give(): Promise<void>;
  /** Refuses the request that stands. */
  refuse(): Promise<void>;
  /** Leaves the wheel to anybody, and watches. */
  leave(): Promise<void>;
  /** This page has the wheel, so its request is over; or it has it no more. */
  holds(isHeld: boolean): void;
}

/** Creates the requests; `toaster` shows their answers. */
export function createWheel({ clock, link, media, toaster, identity }: WheelOptions): Wheel {
  const asked = signal(false);
  const pending = signal(false);
  let lapse: Disposable | undefined;
  let isMine = false;

  function end() {
    lapse?.[Symbol.dispose]();
    lapse = undefined;
    asked.value = false;
  }

  async function change(seat: number | null): Promise<void> {
    pending.value = true;
    const answer = seat === null
      ? await askRoom(media, "seat.leave", {})
      : await askRoom(media, "seat.take", { seat });
    pending.value = false;
    if (!("error" in answer)) {
      end();
      if (seat === null) return toaster.done("You watch now.");
      const { name } = identity.own.peek();
      const hint = name === undefined ? " Your name is in the menu under People and chat." : "";
      return toaster.done(`You have the wheel.${hint}`);
    }
    if (answer.error.code !== "seat.taken" || seat === null) {
      return toaster.refused(refusalToast(answer.error));
    }
    end();
    // The answer may come later than what the driver did about the request.
    if (isMine) return toaster.done(GIVEN);
    asked.value = true;
    lapse = clock.after(REQUEST_TIME, () => {
      end();
      toaster.refused("The driver did not give the wheel. You can ask again.");
    });
  }

  // Only this page's own request is told of.
  effect(() => {
    const wait = link.value?.vehicle.refused.value?.wait;
    if (wait === undefined || !asked.peek()) return;
    end();
    const seconds = Math.ceil(wait / 1000);
    toaster.refused(`The driver refused. You can ask again in ${seconds}\u202fs.`);
  });

  async function order(command: "give" | "refuse", done: string): Promise<void> {
    const answer = await link.peek()?.vehicle.command(command);
    if (answer?.done) toaster.done(done);
    else toaster.refused(commandSentence(answer?.code));
  }

  return {
    asked,
    pending,
    ask: () => change(WHEEL),
    leave: () => change(null),
    give: () => order("give", "You gave the wheel."),
    refuse: () => order("refuse", "You keep the wheel."),
    holds(isHeld) {
      isMine = isHeld;
      if (!isHeld) return;
      if (asked.peek()) toaster.done(GIVEN);
      end();
    },
  };
}

/**
 * The wheel, as people call the control seat: who has it, and asking for it, taking it, giving it and leaving it.
 *
 * ```text
 *         ask ──▶ taken by another ──▶ asked ──the driver gives it──▶ mine
 *  none ─┤                               └────10 s────▶ none, with a note
 *         ask ──▶ free ──▶ mine
 * ```
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import type { Toaster } from "../../shared/toast.tsx";
import type { Connection } from "../join/connection.ts";
import { refusalToast } from "../words/refusals.ts";
import type { DriveLink } from "./driver.ts";
import { commandSentence } from "./words.ts";

/** How long a request counts, in milliseconds (DRV19). */
const REQUEST_TIME = 10_000;
/** The control seat of a room with a vehicle. */
const WHEEL = 0;

interface WheelOptions {
  readonly clock: Clock;
  readonly socket: Pick<Connection["socket"], "request">;
  readonly link: ReadonlySignal<DriveLink | undefined>;
  readonly toaster: Pick<Toaster, "done" | "refused">;
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
  /** Leaves the wheel to anybody, and watches. */
  leave(): Promise<void>;
  /** This page has the wheel, so its request is over. */
  got(): void;
}

/** Creates the requests; `toaster` shows their answers. */
export function createWheel({ clock, socket, link, toaster }: WheelOptions): Wheel {
  const asked = signal(false);
  const pending = signal(false);
  let lapse: Disposable | undefined;

  function end() {
    lapse?.[Symbol.dispose]();
    lapse = undefined;
    asked.value = false;
  }

  async function change(seat: number | null): Promise<void> {
    pending.value = true;
    const answer = await socket.request("seat.change", { seat });
    pending.value = false;
    if (!("error" in answer)) {
      end();
      return toaster.done(answer.seat === null ? "You watch now." : "You have the wheel.");
    }
    if (answer.error.code !== "seat.taken" || seat === null) {
      return toaster.refused(refusalToast(answer.error));
    }
    end();
    asked.value = true;
    lapse = clock.after(REQUEST_TIME, () => {
      end();
      toaster.refused("The driver did not give the wheel. You can ask again.");
    });
  }

  return {
    asked,
    pending,
    ask: () => change(WHEEL),
    leave: () => change(null),
    async give() {
      const answer = await link.peek()?.vehicle.command("give");
      if (answer?.done) toaster.done("You gave the wheel.");
      else toaster.refused(commandSentence(answer?.code));
    },
    got() {
      if (asked.peek()) toaster.done("The driver gave you the wheel.");
      end();
    },
  };
}

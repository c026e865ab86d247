/**
 * Sends the viewer's intents: the pad, or the driver's wish in its place, and which document of the room the page holds.
 * They leave at once on a change, every 33 ms while a button or the switch of a vehicle is held, twice a second at rest.
 * Each holds the whole state, so the next one repairs a lost one. The one at rest is the viewer's heartbeat.
 *
 * @module
 */
import type { Clock, EpochMillis, Millis } from "../../../protocol/clock.ts";
import { type DriveState, HELD_REPEAT, REST_REPEAT } from "../../../protocol/control/control.ts";
import { isNeutral, NEUTRAL_PAD, samePad } from "../../../protocol/control/pad.ts";
import { NO_REVISION, type Revision } from "../../../protocol/room_state/revision.ts";
import { encodeIntent, type Intent } from "../../../protocol/room_state/wire.ts";
import type { FurtherLevel, PadLevel } from "./pad.ts";

/** Least time between two intents that only acknowledge, in milliseconds: 20 a second. */
export const INTENT_PERIOD = 50;

interface InputSenderOptions {
  readonly clock: Clock;
  /** The document of the room that the page holds; none when absent. */
  readonly acknowledged?: () => Revision;
  /** False when the channel is closed or full: the message is dropped, a newer one follows. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** What a driver sends. `held`: the switch is held, so the wish is repeated although it may be neutral. */
export interface Driving {
  readonly wish: DriveState;
  readonly held: boolean;
}

/** Sends one player's pad, or a driver's wish, on the `state` channel. Disposing it stops the repeats. */
export class InputSender implements Disposable {
  readonly #clock: Clock;
  readonly #send: InputSenderOptions["send"];
  readonly #acknowledged: () => Revision;
  #pad = NEUTRAL_PAD;
  #sent = NEUTRAL_PAD;
  #further: readonly FurtherLevel[] = [];
  #furtherSent: readonly FurtherLevel[] = [];
  #driving: Driving | undefined;
  #isWatching = false;
  #reportedAt = -Infinity;
  #nextAt = -Infinity;
  #next: Disposable | undefined;

  constructor({ clock, send, acknowledged = () => NO_REVISION }: InputSenderOptions) {
    this.#clock = clock;
    this.#acknowledged = acknowledged;
    this.#send = send;
  }

  /** Sends the pad now and repeats it until the sender is disposed. */
  start(): void {
    this.#report();
  }

  /** Sets the pads; sends them at once when one differs from the last message and the sender has started. */
  update(level: PadLevel, further: readonly FurtherLevel[] = []): void {
    this.#pad = { ...level, seq: this.#pad.seq };
    this.#further = further;
    const isSame = samePad(this.#pad, this.#sent) && sameFurther(further, this.#furtherSent);
    const isShown = this.#driving || this.#isWatching || isSame;
    if (this.#next && !isShown) this.#report();
  }

  /** Sends a driver's wish in place of the pad from now on; `undefined`: the pad again. */
  drive(driving: Driving | undefined): void {
    const before = this.#driving;
    this.#driving = driving;
    if (this.#next && !sameDriving(before, driving)) this.#report();
  }

  /** Sends no pad while the person only watches. */
  setWatching(isWatching: boolean): void {
    if (this.#isWatching === isWatching) return;
    this.#isWatching = isWatching;
    if (this.#next) this.#report();
  }

  /** Sends the next intent soon: there is something to acknowledge. */
  hasten(): void {
    const due = Math.max(this.#reportedAt + INTENT_PERIOD, this.#clock.now());
    if (!this.#next || due >= this.#nextAt) return;
    this.#next[Symbol.dispose]();
    this.#plan(due - this.#clock.now());
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }

  #report(): void {
    this.#next?.[Symbol.dispose]();
    const rests = this.#driving ? this.#sendWish(this.#driving) : this.#sendPad();
    this.#reportedAt = this.#clock.now();
    this.#plan(rests ? REST_REPEAT : HELD_REPEAT);
  }

  #plan(delay: number): void {
    this.#nextAt = this.#clock.now() + delay;
    this.#next = this.#clock.after(delay, () => this.#report());
  }

  /** Whether it was sent and is at rest: a dropped message is repeated soon, for the worker may still hold the one before. */
  #sendPad(): boolean {
    const time = this.#clock.epoch();
    if (this.#isWatching) return this.#sendIntent(time);
    const pad = { ...this.#pad, seq: (this.#sent.seq + 1) & 0xffff };
    const further = this.#further;
    const taken = this.#sendIntent(time, pad, further);
    if (taken) {
      this.#sent = pad;
      this.#furtherSent = further;
    }
    return taken && [pad, ...further.map(({ level }) => ({ ...level, seq: 0 }))].every(isNeutral);
  }

  /** As {@linkcode #sendPad}. The worker drops wishes out of order, so their time is one that never jumps. */
  #sendWish({ wish, held }: Driving): boolean {
    const taken = this.#sendIntent(this.#clock.now(), wish);
    return taken && !held && wish.steering === 0 && wish.throttle === 0;
  }

  #sendIntent(
    time: Millis | EpochMillis,
    control?: Intent["control"],
    further: readonly FurtherLevel[] = [],
  ): boolean {
    const seq = this.#pad.seq;
    return this.#send(encodeIntent({
      timestamp: time / 1000,
      acknowledged: this.#acknowledged(),
      ...(control && { control }),
      ...(further.length > 0 && {
        further: further.map(({ seat, level }) => ({ seat, pad: { ...level, seq } })),
      }),
    }));
  }
}

function sameFurther(a: readonly FurtherLevel[], b: readonly FurtherLevel[]): boolean {
  const same = (one: FurtherLevel, other: FurtherLevel | undefined) =>
    one.seat === other?.seat &&
    samePad({ ...one.level, seq: 0 }, { ...other.level, seq: 0 });
  return a.length === b.length && a.every((each, at) => same(each, b[at]));
}

function sameDriving(a: Driving | undefined, b: Driving | undefined): boolean {
  return a?.held === b?.held && a?.wish.steering === b?.wish.steering &&
    a?.wish.throttle === b?.wish.throttle;
}

/**
 * Sends the pad to the worker, or the driver's wish in its place: at once on a change, every 33 ms while a button or the
 * switch of a vehicle is held, twice a second at rest. Each message holds the whole state, so the next message repairs a
 * lost one. The message at rest is the viewer's heartbeat.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { type DriveState, HELD_REPEAT, REST_REPEAT } from "../../../protocol/control/control.ts";
import { isNeutral, NEUTRAL_PAD, samePad } from "../../../protocol/control/pad.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import type { PadLevel } from "./pad.ts";

interface InputSenderOptions {
  readonly clock: Clock;
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
  #pad = NEUTRAL_PAD;
  #sent = NEUTRAL_PAD;
  #driving: Driving | undefined;
  #next: Disposable | undefined;

  constructor({ clock, send }: InputSenderOptions) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Sends the pad now and repeats it until the sender is disposed. */
  start(): void {
    this.#report();
  }

  /** Sets the pad; sends it at once when it differs from the last message and the sender has started. */
  update(level: PadLevel): void {
    this.#pad = { ...level, seq: this.#pad.seq };
    if (this.#next && !this.#driving && !samePad(this.#pad, this.#sent)) this.#report();
  }

  /** Sends a driver's wish in place of the pad from now on; `undefined`: the pad again. */
  drive(driving: Driving | undefined): void {
    const before = this.#driving;
    this.#driving = driving;
    if (this.#next && !sameDriving(before, driving)) this.#report();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }

  #report(): void {
    this.#next?.[Symbol.dispose]();
    const rests = this.#driving ? this.#sendWish(this.#driving) : this.#sendPad();
    this.#next = this.#clock.after(rests ? REST_REPEAT : HELD_REPEAT, () => this.#report());
  }

  /** Whether it was sent and is at rest: a dropped message is repeated soon, for the worker may still hold the one before. */
  #sendPad(): boolean {
    const pad = { ...this.#pad, seq: (this.#sent.seq + 1) & 0xffff };
    const timestamp = this.#clock.epoch() / 1000;
    const taken = this.#send(compactCodec.encode({ type: "Control", timestamp, payload: pad }));
    if (taken) this.#sent = pad;
    return taken && isNeutral(pad);
  }

  /** As {@linkcode #sendPad}. The worker drops wishes out of order, so their time is one that never jumps. */
  #sendWish({ wish, held }: Driving): boolean {
    const timestamp = this.#clock.now() / 1000;
    const taken = this.#send(compactCodec.encode({ type: "Control", timestamp, payload: wish }));
    return taken && !held && wish.steering === 0 && wish.throttle === 0;
  }
}

function sameDriving(a: Driving | undefined, b: Driving | undefined): boolean {
  return a?.held === b?.held && a?.wish.steering === b?.wish.steering &&
    a?.wish.throttle === b?.wish.throttle;
}

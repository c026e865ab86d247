/**
 * Sends the pad to the worker: at once on a change, every 33 ms while a button is held, twice a second at rest.
 * Each message holds the whole pad, so the next message repairs a lost one. The message at rest is the viewer's
 * heartbeat.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { HELD_REPEAT, REST_REPEAT } from "../../../protocol/control/control.ts";
import { isNeutral, NEUTRAL_PAD, samePad } from "../../../protocol/control/pad.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import type { PadLevel } from "./pad.ts";

interface InputSenderOptions {
  readonly clock: Clock;
  /** False when the channel is closed or full: the message is dropped, a newer one follows. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

/** Sends one player's pad on the `state` channel. Disposing it stops the repeats. */
export class InputSender implements Disposable {
  readonly #clock: Clock;
  readonly #send: InputSenderOptions["send"];
  #pad = NEUTRAL_PAD;
  #sent = NEUTRAL_PAD;
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
    if (this.#next && !samePad(this.#pad, this.#sent)) this.#report();
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }

  #report(): void {
    this.#next?.[Symbol.dispose]();
    const pad = { ...this.#pad, seq: (this.#sent.seq + 1) & 0xffff };
    const timestamp = this.#clock.epoch() / 1000;
    const taken = this.#send(compactCodec.encode({ type: "Control", timestamp, payload: pad }));
    if (taken) this.#sent = pad;
    // A dropped message is repeated soon even at rest: the worker may still hold the buttons of the one before.
    const repeat = taken && isNeutral(pad) ? REST_REPEAT : HELD_REPEAT;
    this.#next = this.#clock.after(repeat, () => this.#report());
  }
}

/**
 * Sends the level of a seat's motors to the person who holds it: on change, and again while a motor turns, so that it
 * ends by itself where no message comes. While the app stands still the motors do too.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { type Motors, STILL, turns } from "../../../protocol/rumble/motors.ts";
import { encodeRumble, RUMBLE_REPEAT } from "../../../protocol/rumble/rumble.ts";

/** Time between two messages of a seat at least, in milliseconds. */
export const RUMBLE_PERIOD = 50;

/** The dependencies. */
interface RumblesPorts {
  readonly clock: Clock;
  /** Whether the app runs, not paused. */
  isRunning(): boolean;
  holderOf(seat: number): SessionId | undefined;
  /** Sends bytes on the channel `state`, or drops them. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): void;
}

interface SeatMotors {
  level: Motors;
  /** The level that was sent last, and to whom. */
  sent: Motors;
  to: SessionId | undefined;
  at: Millis;
  next: Disposable | undefined;
}

/** The motors of one room. Disposing ends the messages; then the motors stop by themselves. */
export class Rumbles implements Disposable {
  readonly #ports: RumblesPorts;
  readonly #seats = new Map<number, SeatMotors>();

  constructor(ports: RumblesPorts) {
    this.#ports = ports;
  }

  /** The source sets the motors of a seat. */
  set(seat: number, level: Motors): void {
    const motors = this.#seats.get(seat) ??
      { level, sent: STILL, to: undefined, at: -Infinity as Millis, next: undefined };
    motors.level = level;
    this.#seats.set(seat, motors);
    this.#plan(seat, motors);
  }

  [Symbol.dispose](): void {
    for (const { next } of this.#seats.values()) next?.[Symbol.dispose]();
    this.#seats.clear();
  }

  /** The next message: as soon as the rate lets it for a change, else when the level is to be repeated. */
  #plan(seat: number, motors: SeatMotors): void {
    const { clock } = this.#ports;
    motors.next?.[Symbol.dispose]();
    motors.next = undefined;
    const isNew = motors.level.strong !== motors.sent.strong ||
      motors.level.weak !== motors.sent.weak;
    if (!isNew && !turns(motors.level)) return;
    const wanted = isNew && this.#ports.isRunning() ? RUMBLE_PERIOD : RUMBLE_REPEAT;
    const wait = motors.at + wanted - clock.now();
    if (wait <= 0) return this.#send(seat, motors);
    motors.next = clock.after(wait, () => this.#send(seat, motors));
  }

  #send(seat: number, motors: SeatMotors): void {
    const { clock } = this.#ports;
    const holder = this.#ports.holderOf(seat);
    const level = this.#ports.isRunning() ? motors.level : STILL;
    if (motors.to !== undefined && motors.to !== holder && turns(motors.sent)) {
      this.#pass(motors.to, seat, STILL);
    }
    // One at rest is sent once.
    const isDue = turns(level) || turns(motors.sent) && motors.to === holder;
    if (holder !== undefined && isDue) this.#pass(holder, seat, level);
    motors.to = holder;
    motors.sent = level;
    motors.at = clock.now();
    this.#plan(seat, motors);
  }

  #pass(session: SessionId, seat: number, motors: Motors): void {
    this.#ports.send(session, encodeRumble({ at: this.#ports.clock.now(), seat, ...motors }));
  }
}

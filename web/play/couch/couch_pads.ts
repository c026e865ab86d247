/**
 * Which gamepad of this machine plays which seat. All devices play the first seat, until a second gamepad is pressed, or
 * one beside the keyboard: it is offered a seat of its own. Pure apart from what is passed in.
 *
 * ```text
 *                pressed, a seat is open            Start, or the button on the page
 *  shared ──────────────────────────────▶ offered ───────────────────────────────▶ asking
 *    ▲  ▲                                    │ Select, "Not now" or 10 s              │ granted
 *    │  └─ settled: until Start is held for 1 s ◀──────────── refused ────────────────┤
 *    └── leaving: until it is let go ◀── Select and Start for 1 s, seat lost ── own ◀─┘
 * ```
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import { buttonBit } from "../../../protocol/control/pad.ts";
import { gamepadName } from "../input/gamepad.ts";
import { type FurtherLevel, mergePads, type PadLevel } from "../input/pad.ts";
import type { CouchRoom } from "./couch_room.ts";

/** How long a seat is offered to a gamepad, in milliseconds. */
export const OFFER_TIME = 10_000;
/** How long Select and Start are held to leave a seat, and Start alone to be offered one again, in milliseconds. */
export const LEAVE_HOLD = 1_000;
/** A key that was pressed so recently is somebody else's, in milliseconds. */
const BESIDE = 3_000;
/** How long the room's document may be behind an answer of the room, in milliseconds. */
const SETTLING = 3_000;

const START = buttonBit("start");
const SELECT = buttonBit("select");

/** What a gamepad is used for. */
type Use =
  | { readonly use: "shared" | "asking" | "leaving" }
  | { readonly use: "settled"; startSince?: Millis }
  | { readonly use: "offered"; readonly until: Millis }
  | { readonly use: "own"; readonly seat: number; readonly since: Millis; heldSince?: Millis };

/** A gamepad at one moment. */
export interface CouchPad {
  /** Its number in the browser. */
  readonly index: number;
  readonly id: string;
  readonly level: PadLevel;
}

/** A gamepad that may have a seat of its own. */
export interface SeatOffer {
  readonly index: number;
  /** The gamepad's name. */
  readonly name: string;
  /** The seat that it would get, from 0. */
  readonly seat: number;
}

/** A further seat of this page's person, with the gamepad that plays it. */
export interface OwnPad {
  readonly seat: number;
  readonly name: string;
  readonly plugged: boolean;
}

interface CouchPorts {
  readonly clock: Pick<Clock, "now">;
  /** Takes a further seat; resolves to it, or to why it was refused. */
  readonly add: () => Promise<number | string>;
  /** Gives up a further seat. */
  readonly leave: (seat: number) => void;
  /** Shows a sentence. */
  readonly say: (sentence: string) => void;
}

/** The gamepads of one machine and their seats. */
export class CouchPads {
  readonly #ports: CouchPorts;
  readonly #uses = new Map<number, Use>();
  /** The gamepads for which it was said why they get no seat. */
  readonly #refused = new Set<number>();
  readonly #ids = new Map<number, string>();
  readonly #before = new Map<number, number>();
  readonly #offer = signal<SeatOffer | undefined>(undefined);
  readonly #own = signal<readonly OwnPad[]>([]);
  /** The gamepads that were pressed beside the first while the room could not be reached. */
  readonly #early = new Set<number>();
  /** The gamepad that plays the first seat. */
  #first: number | undefined;
  /** `undefined` while it cannot be reached. */
  #room: CouchRoom | undefined;

  constructor(ports: CouchPorts) {
    this.#ports = ports;
  }

  /** The seat that is offered at this moment. */
  get offer(): ReadonlySignal<SeatOffer | undefined> {
    return this.#offer;
  }

  /** The gamepads with a seat of their own. */
  get own(): ReadonlySignal<readonly OwnPad[]> {
    return this.#own;
  }

  /**
   * The room is different; `undefined`: it cannot be reached, and the gamepads keep their seats. A gamepad whose seat is
   * gone plays another one that is left over, or none of its own. One that was pressed before the room was known is
   * offered a seat then.
   */
  setRoom(room: CouchRoom | undefined): void {
    this.#room = room;
    if (!room) return;
    const now = this.#ports.clock.now();
    for (const [index, use] of this.#uses) {
      if (use.use !== "own" || room.further.includes(use.seat)) continue;
      if (now - use.since < SETTLING) continue;
      const seat = this.#leftOver();
      if (seat !== undefined) this.#uses.set(index, { use: "own", seat, since: now });
      else this.#lost(index, use.seat);
    }
    const early = [...this.#early];
    this.#early.clear();
    for (const index of early) this.#second(index, now);
    this.#show([...this.#ids.keys()].map((index) => ({ index })));
  }

  /** The game is left: all gamepads play the first seat of the next one. */
  reset(): void {
    this.#uses.clear();
    this.#refused.clear();
    this.#early.clear();
    this.#ids.clear();
    this.#before.clear();
    this.#first = undefined;
    this.#offer.value = undefined;
    this.#own.value = [];
  }

  /** Takes all gamepads of a moment. `keyAt`: when a key of the pad was pressed last. */
  read(
    pads: readonly CouchPad[],
    keyAt: Millis | undefined,
  ): { readonly first: PadLevel | undefined; readonly further: readonly FurtherLevel[] } {
    for (const pad of pads) this.#step(pad, pads, keyAt);
    if (!pads.some(({ index }) => index === this.#first)) this.#first = undefined;
    this.#forget(pads);
    const shared = pads.filter(({ index }) => this.isShared(index)).map(({ level }) => level);
    const further = pads.flatMap(({ index, level }) => {
      const use = this.#uses.get(index);
      return use?.use === "own" ? [{ seat: use.seat, level }] : [];
    });
    this.#show(pads);
    return { first: shared.length === 0 ? undefined : mergePads(shared), further };
  }

  /** Takes the seat that is offered. */
  async join(): Promise<void> {
    const offer = this.#offer.peek();
    if (offer) await this.#join(offer.index);
  }

  async #join(index: number): Promise<void> {
    this.#uses.set(index, { use: "asking" });
    this.#offer.value = undefined;
    const seat = await this.#ports.add();
    if (this.#uses.get(index)?.use !== "asking") {
      if (typeof seat === "number") this.#ports.leave(seat);
      return;
    }
    if (typeof seat === "number") {
      this.#uses.set(index, { use: "own", seat, since: this.#ports.clock.now() });
      return this.#ports.say(
        `${this.#nameOf(index)} plays as P${seat + 1}. Hold Select and Start to leave.`,
      );
    }
    this.#uses.set(index, { use: "settled" });
    this.#ports.say(seat);
  }

  /** The gamepad to which a seat is offered goes on to play the first seat. */
  decline(): void {
    const offer = this.#offer.peek();
    if (offer) this.#uses.set(offer.index, { use: "settled" });
    this.#offer.value = undefined;
  }

  /** Whether a gamepad plays the first seat. */
  isShared(index: number): boolean {
    const use = this.#uses.get(index)?.use ?? "shared";
    return use === "shared" || use === "settled";
  }

  /** Whether a gamepad plays a seat of this person. */
  plays(index: number, seat: number): boolean {
    const use = this.#uses.get(index);
    return use?.use === "own" ? use.seat === seat : this.isShared(index) && !this.isFurther(seat);
  }

  /** Whether a seat of this person is one for a further gamepad. */
  isFurther(seat: number): boolean {
    return this.#room?.further.includes(seat) ?? false;
  }

  #step({ index, id, level }: CouchPad, pads: readonly CouchPad[], keyAt: Millis | undefined) {
    if (!this.#ids.has(index)) this.#resume(index, id, pads);
    this.#ids.set(index, id);
    const { buttons } = level;
    const pressed = buttons & ~(this.#before.get(index) ?? 0);
    this.#before.set(index, buttons);
    const now = this.#ports.clock.now();
    const use = this.#uses.get(index) ?? { use: "shared" };
    switch (use.use) {
      case "shared": {
        if (pressed === 0) return;
        const beside = keyAt !== undefined && now - keyAt < BESIDE;
        if (!beside) this.#first ??= index;
        if (index !== this.#first || beside) this.#second(index, now);
        return;
      }
      case "offered":
        // The seat went to somebody else: the gamepad plays on, and its next press may bring an offer again.
        if (this.#room?.open === undefined) return void this.#uses.delete(index);
        if (now >= use.until || pressed & SELECT) {
          return void this.#uses.set(index, { use: "settled" });
        }
        if (pressed & START) void this.#join(index);
        return;
      case "leaving":
        if (buttons === 0) this.#uses.delete(index);
        return;
      case "own": {
        const isHeld = (buttons & START) !== 0 && (buttons & SELECT) !== 0;
        const heldSince = use.heldSince ?? now;
        if (!isHeld) delete use.heldSince;
        else use.heldSince = heldSince;
        if (!isHeld || now - heldSince < LEAVE_HOLD) return;
        this.#ports.leave(use.seat);
        this.#uses.set(index, { use: "leaving" });
        return;
      }
      case "settled":
        // With Select it asks for the menu, and one press asks once.
        if ((buttons & SELECT) !== 0 || (buttons & START) === 0) return void delete use.startSince;
        if (pressed & START) use.startSince = now;
        if (use.startSince === undefined || now - use.startSince < LEAVE_HOLD) return;
        delete use.startSince;
        this.#refused.delete(index);
        this.#second(index, now);
        return;
      case "asking":
        return;
    }
  }

  /** A gamepad beside the one that plays the first seat was pressed. */
  #second(index: number, now: Millis): void {
    if (!this.#room) return void this.#early.add(index);
    const seat = this.#leftOver();
    if (seat !== undefined) {
      this.#uses.set(index, { use: "own", seat, since: now });
      return;
    }
    if ([...this.#uses.values()].some(({ use }) => use === "offered")) return;
    if (this.#room.open !== undefined) {
      this.#uses.set(index, { use: "offered", until: now + OFFER_TIME as Millis });
      return;
    }
    const { whyNot } = this.#room;
    if (!whyNot || this.#refused.has(index)) return;
    this.#refused.add(index);
    this.#ports.say(whyNot);
  }

  /** A further seat of this person that no gamepad plays. */
  #leftOver(): number | undefined {
    const played = [...this.#uses.values()].flatMap((use) => use.use === "own" ? [use.seat] : []);
    return this.#room?.further.find((seat) => !played.includes(seat));
  }

  /** A gamepad that was unplugged for a moment plays its seat again, also where the browser gives it another number. */
  #resume(index: number, id: string, pads: readonly CouchPad[]): void {
    for (const [other, use] of this.#uses) {
      const isGone = !pads.some((pad) => pad.index === other);
      if (use.use !== "own" || !isGone || this.#ids.get(other) !== id) continue;
      this.#uses.delete(other);
      this.#ids.delete(other);
      this.#uses.set(index, use);
      return;
    }
  }

  /** Of a gamepad that is gone nothing is kept but its seat. */
  #forget(pads: readonly CouchPad[]): void {
    for (const index of [...this.#ids.keys()]) {
      if (pads.some((pad) => pad.index === index)) continue;
      this.#before.delete(index);
      this.#refused.delete(index);
      this.#early.delete(index);
      if (this.#uses.get(index)?.use === "own") continue;
      this.#uses.delete(index);
      this.#ids.delete(index);
    }
  }

  #lost(index: number, seat: number): void {
    this.#uses.set(index, { use: "leaving" });
    this.#ports.say(`${this.#nameOf(index)} plays P${seat + 1} no more.`);
  }

  #nameOf(index: number): string {
    return gamepadName(this.#ids.get(index) ?? "");
  }

  #show(pads: readonly Pick<CouchPad, "index">[]): void {
    const named = [...this.#uses].map(([index, use]) => ({
      index,
      use,
      name: this.#nameOf(index),
    }));
    const offered = named.find(({ use }) => use.use === "offered");
    const open = this.#room?.open;
    const offer = offered && open !== undefined
      ? { index: offered.index, name: offered.name, seat: open }
      : undefined;
    if (JSON.stringify(offer) !== JSON.stringify(this.#offer.peek())) this.#offer.value = offer;
    const own = named.flatMap(({ index, use, name }) => {
      const plugged = pads.some((pad) => pad.index === index);
      return use.use === "own" ? [{ seat: use.seat, name, plugged }] : [];
    });
    if (JSON.stringify(own) !== JSON.stringify(this.#own.peek())) this.#own.value = own;
  }
}

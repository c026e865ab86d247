/**
 * The kept rooms of a worker: rooms that their last session has left and that wait, paused, for its return. It owns
 * until when each is kept and which one gives way to a session that needs the place.
 *
 * ```text
 *  in use ──last session left──▶ kept ──a session enters──▶ in use
 *                                 └─ its time is over · another session needs the place ─▶ ending
 * ```
 *
 * @module
 */
import type { Clock, EpochMillis, Millis } from "../protocol/clock.ts";
import type { RoomId, SessionId } from "../protocol/ids.ts";

/** How long a room is kept while its worker has no other place, in milliseconds. */
export const KEPT_SHORTEST = 30_000;
/** How long a room is kept while its worker has places that no room uses, in milliseconds. */
export const KEPT_LONGEST = 300_000;

/** When a room that was left at `since` ends. `unused`: how many places of its worker no room uses. */
export function keptUntil(since: Millis, { unused }: { readonly unused: number }): Millis {
  return (since + (unused > 0 ? KEPT_LONGEST : KEPT_SHORTEST)) as Millis;
}

/** The dependencies of {@linkcode KeptRooms}. */
export interface KeptRoomsPorts {
  readonly clock: Clock;
  /** How many places of this worker no room uses; below 0: so many rooms more than places. */
  unused(): number;
  /** Closes a room: `left`, nobody came back; `place_needed`, another session needs the place. */
  close(room: RoomId, reason: "left" | "place_needed"): void;
  /** The time at which a room ends has changed. */
  changed(room: RoomId): void;
}

/** The kept rooms, the one that was left first in front. Disposing it closes none of them. */
export class KeptRooms implements Disposable {
  readonly #ports: KeptRoomsPorts;
  readonly #since = new Map<RoomId, Millis>();
  /** The rooms that give way, until their processes have ended, by the session that needs the place. */
  readonly #givingWay = new Map<SessionId, RoomId>();
  #unused = 0;
  #timer: Disposable | undefined;

  constructor(ports: KeptRoomsPorts) {
    this.#ports = ports;
  }

  /** How many rooms are kept. */
  get size(): number {
    return this.#since.size;
  }

  /** Whether a room is kept. */
  has(room: RoomId): boolean {
    return this.#since.has(room);
  }

  /** When a room ends unless a session enters it; `undefined` when the room is not kept. */
  closesAt(room: RoomId): EpochMillis | undefined {
    const since = this.#since.get(room);
    if (since === undefined) return undefined;
    const { clock } = this.#ports;
    const left = keptUntil(since, { unused: this.#ports.unused() }) - clock.now();
    return (clock.epoch() + left) as EpochMillis;
  }

  /** The last session has left a room. */
  left(room: RoomId): void {
    if (!this.#since.has(room)) this.#since.set(room, this.#ports.clock.now());
    this.fit();
  }

  /** A session enters a room, or the room ends. */
  remove(room: RoomId): void {
    this.#since.delete(room);
    this.fit();
  }

  /** The process of a room has ended. */
  gone(room: RoomId): void {
    for (const [session, each] of this.#givingWay) {
      if (each === room) this.#givingWay.delete(session);
    }
    this.remove(room);
  }

  /** Closes the room that was left first, so that a session gets its place; one room for each session. */
  giveWay(session: SessionId): void {
    const [oldest] = this.#since.keys();
    if (oldest === undefined || this.#givingWay.has(session)) return;
    this.#givingWay.set(session, oldest);
    this.#close(oldest, "place_needed");
  }

  /**
   * Closes the rooms whose time is over, and those whose place is taken already; reports the new times when the unused
   * places have changed.
   */
  fit(): void {
    const { clock } = this.#ports;
    this.#timer?.[Symbol.dispose]();
    const unused = this.#ports.unused();
    const taken = [...this.#since.keys()].slice(0, Math.max(0, -unused));
    for (const room of taken) this.#close(room, "place_needed");
    const dues = [...this.#since].map(([room, since]) =>
      [room, keptUntil(since, { unused })] as const
    );
    const [over, kept] = [
      dues.filter(([, due]) => due <= clock.now()),
      dues.filter(([, due]) => due > clock.now()),
    ];
    const isChanged = (unused > 0) !== (this.#unused > 0);
    this.#unused = unused;
    if (kept.length > 0) {
      const next = Math.min(...kept.map(([, due]) => due));
      this.#timer = clock.after(next - clock.now(), () => this.fit());
    }
    for (const [room] of over) this.#close(room, "left");
    if (isChanged) { for (const [room] of kept) this.#ports.changed(room); }
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#since.clear();
  }

  #close(room: RoomId, reason: "left" | "place_needed"): void {
    this.#since.delete(room);
    this.#ports.close(room, reason);
  }
}

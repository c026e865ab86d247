/**
 * The people in a room: who they are in its document, by session. A dashboard's preview is no person.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import type { Cursor, Quality } from "../../../protocol/room_state/components.ts";
import { EntityId } from "../../../protocol/room_state/document.ts";

/** One viewer of the room. */
export interface PersonInRoom {
  readonly id: EntityId;
  readonly role: RoomRole;
  readonly name?: string;
  readonly colour?: number;
  readonly cursor?: Cursor;
  /** The seat that the person asks for, from 0. */
  readonly asks?: number;
  /** Round trip in milliseconds, as shown. */
  readonly ping?: number;
  readonly quality?: Quality;
}

/** A change of a person; `undefined` removes. */
export type PersonChange = {
  readonly [key in Exclude<keyof PersonInRoom, "id">]?: PersonInRoom[key] | undefined;
};

/** The people of one room. Ids are not used again. */
export class People {
  readonly #people = new Map<SessionId, PersonInRoom>();
  /** What sessions may do, of which some have not entered. `undefined`: a preview. */
  readonly #roles = new Map<SessionId, RoomRole | undefined>();
  #count = 0;

  /** All people with their sessions, in the order in which they came. */
  get all(): Iterable<readonly [SessionId, PersonInRoom]> {
    return this.#people;
  }

  /** Applies what a session may do. A preview is no person. */
  admit(session: SessionId, role: RoomRole | undefined): void {
    this.#roles.set(session, role);
    if (role === undefined) this.#people.delete(session);
    else this.change(session, { role });
  }

  /** A session is in the room. */
  enter(session: SessionId): void {
    const role = this.#roles.has(session) ? this.#roles.get(session) : "watcher";
    if (role === undefined || this.#people.has(session)) return;
    this.#people.set(session, { id: EntityId.parse(`p${++this.#count}`), role });
  }

  /** A session has left the room. */
  leave(session: SessionId): void {
    this.#people.delete(session);
    this.#roles.delete(session);
  }

  /** The person of a session. */
  of(session: SessionId): PersonInRoom | undefined {
    return this.#people.get(session);
  }

  /** The session of a person. */
  sessionOf(id: EntityId): SessionId | undefined {
    for (const [session, person] of this.#people) if (person.id === id) return session;
    return undefined;
  }

  /** Changes what is known of a person; whether anything is different. */
  change(session: SessionId, change: PersonChange): boolean {
    const before = this.#people.get(session);
    if (!before) return false;
    const different = Object.entries(change)
      .filter(([key, value]) => before[key as keyof PersonChange] !== value);
    if (different.length === 0) return false;
    const kept = Object.entries(before).filter(([key]) => !Object.hasOwn(change, key));
    const added = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#people.set(session, Object.fromEntries([...kept, ...added]) as unknown as PersonInRoom);
    return true;
  }
}

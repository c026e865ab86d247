/**
 * The people in a room: who they are in its document, by session. A dashboard's preview is no person.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import type { SessionPass } from "../../../protocol/signed_pass.ts";
import type { Quality } from "../../../protocol/room_state/components.ts";
import { EntityId } from "../../../protocol/room_state/document.ts";

/** One viewer of the room. */
export interface PersonInRoom {
  readonly id: EntityId;
  readonly role: RoomRole;
  /** The share link by which it came. */
  readonly link?: string;
  /** Whether it has announced itself. */
  readonly announced?: boolean;
  readonly name?: string;
  readonly colour?: number;
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
  /** The passes of sessions, of which some have not entered. */
  readonly #passes = new Map<SessionId, SessionPass>();
  /** The holders who were sent out. */
  readonly #out = new Set<string>();
  #count = 0;

  /** All people with their sessions, in the order in which they came. */
  get all(): Iterable<readonly [SessionId, PersonInRoom]> {
    return this.#people;
  }

  /** Applies what a session may do. A preview is no person. */
  admit(pass: SessionPass): void {
    const { session_id: session, role, link, preview } = pass;
    this.#passes.set(session, pass);
    if (preview) this.#people.delete(session);
    else this.change(session, { role, link });
  }

  /** A session comes into the room; false: its holder was sent out. */
  enter(session: SessionId): boolean {
    const { role = "watcher", link, holders = [], preview } = this.#passes.get(session) ?? {};
    if (this.#out.has(holders[0] ?? session)) return false;
    if (preview || this.#people.has(session)) return true;
    const id = EntityId.parse(`p${++this.#count}`);
    this.#people.set(session, { id, role, ...(link && { link }) });
    return true;
  }

  /** Lets the holder of a session not come back. */
  sendOut(session: SessionId): void {
    this.#out.add(this.passOf(session)?.holders[0] ?? session);
  }

  /** A session has left the room. */
  leave(session: SessionId): void {
    this.#people.delete(session);
    this.#passes.delete(session);
  }

  /** What a session may do, and whose saves it may load; what it saves belongs to the first holder. */
  passOf(session: SessionId): SessionPass | undefined {
    return this.#passes.get(session);
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

/**
 * Who in a room gets which publications.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";
import { matches, MAX_PATTERNS } from "../../../protocol/room_commands/topics.ts";

/** The patterns of each session, at most {@linkcode MAX_PATTERNS}. */
export class Subscriptions {
  readonly #patterns = new Map<SessionId, Set<string>>();

  /** Adds a pattern; false when the session has too many. */
  add(session: SessionId, pattern: string): boolean {
    const patterns = this.#patterns.get(session) ?? new Set();
    if (patterns.size >= MAX_PATTERNS && !patterns.has(pattern)) return false;
    this.#patterns.set(session, patterns.add(pattern));
    return true;
  }

  /** Removes a pattern, if it is there. */
  remove(session: SessionId, pattern: string): void {
    this.#patterns.get(session)?.delete(pattern);
  }

  /** Removes all patterns of a session. */
  leave(session: SessionId): void {
    this.#patterns.delete(session);
  }

  /** The sessions that get a publication, each once. */
  of(topic: string): SessionId[] {
    return [...this.#patterns]
      .filter(([, patterns]) => [...patterns].some((pattern) => matches(pattern, topic)))
      .map(([session]) => session);
  }
}

/**
 * Resume tokens: `session id . HMAC-SHA256 of it`. The key is kept in the data folder, so a token is still valid after
 * the coordinator restarted, although the coordinator stores nothing else of a session.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { SessionId } from "../../protocol/ids.ts";

/** Issues and reads resume tokens. */
export interface ResumeTokens {
  /** The resume token of a session. */
  issue(session: SessionId): string;
  /** The session of a token; `undefined` when the token was not signed with the key. */
  read(token: string): SessionId | undefined;
}

/** Creates the service for resume tokens. `key`: 32 bytes. */
export function createResumeTokens(key: Uint8Array): ResumeTokens {
  const sign = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  return {
    issue: (session) => `${session}.${sign(session)}`,
    read(token) {
      const dot = token.lastIndexOf(".");
      const session = SessionId.safeParse(token.slice(0, Math.max(0, dot)));
      if (!session.success) return undefined;
      const expected = Buffer.from(sign(session.data));
      const given = Buffer.from(token.slice(dot + 1));
      const same = given.length === expected.length && timingSafeEqual(given, expected);
      return same ? session.data : undefined;
    },
  };
}

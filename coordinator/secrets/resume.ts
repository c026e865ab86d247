/**
 * Resume tokens: `session id . HMAC-SHA256 of it`. The key is kept in the data folder, so a token is still
 * good after the coordinator restarted, though nothing else is remembered of the session.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { SessionId } from "../../protocol/ids.ts";

export interface ResumeTokens {
  issue(session: SessionId): string;
  /** The session that the token was issued for; `undefined` when it was not issued by us. */
  read(token: string): SessionId | undefined;
}

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

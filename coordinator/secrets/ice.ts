/**
 * The STUN and TURN servers that browsers and workers use. TURN credentials are made for each session and
 * expire: user name `expiry:session`, password base64(HMAC-SHA1(secret, user name))
 * (draft-uberti-behave-turn-rest-00, which coturn calls `use-auth-secret`).
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";

/** The STUN and TURN servers of an installation. */
export interface IceConfig {
  /** Such as `stun:stun.example.org:3478`. */
  readonly stun: readonly string[];
  /** Such as `turn:turn.example.org:3478?transport=udp`. */
  readonly turnUrls: readonly string[];
  /** The secret shared with the TURN server; without it no TURN server is used. */
  readonly turnSecret: string | undefined;
}

/** How long TURN credentials are valid, in seconds. */
export const TURN_TTL = 300;
/** Shortest validity with which a new connection may begin, in seconds. */
const TURN_SPARE = 60;

/** The ICE servers for sessions. */
export interface Ice {
  /** The servers for one session, with credentials that are valid for {@linkcode TURN_TTL} from now. */
  servers(session: SessionId): IceServer[];
  /** Whether credentials that were sent at `reportedAt` are valid long enough for a connection that begins now. */
  willDo(reportedAt: Millis): boolean;
}

/** Creates the service that makes TURN credentials. */
export function createIce(config: IceConfig, clock: Clock): Ice {
  const { stun, turnUrls, turnSecret } = config;
  const plain: IceServer[] = stun.length > 0 ? [{ urls: [...stun] }] : [];
  if (turnUrls.length === 0 || turnSecret === undefined) {
    return { servers: () => [...plain], willDo: () => true };
  }
  return {
    servers(session) {
      const username = `${Math.floor(clock.epoch() / 1000) + TURN_TTL}:${session}`;
      const credential = createHmac("sha1", turnSecret).update(username).digest("base64");
      return [...plain, { urls: [...turnUrls], username, credential }];
    },
    willDo: (reportedAt) => clock.now() - reportedAt < (TURN_TTL - TURN_SPARE) * 1000,
  };
}

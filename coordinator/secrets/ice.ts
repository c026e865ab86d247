/**
 * The STUN and TURN servers that browsers and workers are told of. TURN credentials are made on the spot and
 * expire: user name `expiry:session`, password base64(HMAC-SHA1(secret, user name))
 * (draft-uberti-behave-turn-rest-00, which coturn calls `use-auth-secret`).
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { IceServer } from "../../protocol/legs/webrtc.ts";

export interface IceConfig {
  /** Such as `stun:stun.example.org:3478`. */
  readonly stun: readonly string[];
  /** Such as `turn:turn.example.org:3478?transport=udp`. */
  readonly turnUrls: readonly string[];
  /** Shared with the TURN server; without it no TURN server is told of. */
  readonly turnSecret: string | undefined;
}

/** How long TURN credentials are good for, in seconds. */
export const TURN_TTL = 300;
/** With less left than this no connection is begun, in seconds. */
const TURN_SPARE = 60;

export interface Ice {
  /** The servers for one session, with credentials that are good from now on. */
  servers(session: SessionId): IceServer[];
  /** Whether what was told at `toldAt` will still do for a connection that begins now. */
  willDo(toldAt: Millis): boolean;
}

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
    willDo: (toldAt) => clock.now() - toldAt < (TURN_TTL - TURN_SPARE) * 1000,
  };
}

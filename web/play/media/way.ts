/**
 * Decides whether the next media connection of this page goes over UDP or TCP. UDP is first; TCP is for a page that UDP
 * did not reach, or whose person chose it.
 *
 * ```text
 *  udp ──a connection over UDP failed──▶ tcp
 *   ▲                                     │
 *   └── a connection over TCP failed ─────┘
 * ```
 *
 * @module
 */
import type { SocketOffer } from "../../../protocol/legs/webrtc.ts";
import type { SessionState } from "../join/session_state.ts";
import type { SeenPicture } from "./latency/picture_ages.ts";
import type { CreatePeer } from "./peer.ts";

/** Makes connections over TCP. */
export interface OverTcp {
  /** Whether this browser can play over TCP. */
  readonly possible: () => boolean;
  /** Whether the person wants TCP in any case. */
  readonly preferred: () => boolean;
  /** What makes the connection, and the canvas on which it draws. `shown`: a picture was drawn. */
  readonly open: (offer: SocketOffer, shown: (seen: SeenPicture) => void) => {
    readonly createPeer: CreatePeer;
    readonly canvas: HTMLCanvasElement;
  };
}

/** How media travels. */
export type Way = "udp" | "tcp";

/**
 * The way after a step of the session: the other one after a negotiation that ended without a connection. `used`: the
 * way that the negotiation took.
 */
export function wayAfter(
  way: Way,
  used: Way,
  { before, after }: { readonly before: SessionState; readonly after: SessionState },
): Way {
  if (before.state !== "negotiating" || before.step === "place") return way;
  const hasFailed = after.state === "negotiating"
    ? after.tries > before.tries
    : after.state === "lost" || (after.state === "ended" && after.trouble !== undefined);
  if (!hasFailed) return way;
  return used === "udp" ? "tcp" : "udp";
}

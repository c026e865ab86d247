/**
 * A connection's own relays on TURN servers: what werift leaves out. A relay that is found after the browser's addresses
 * is tried with them, and a connection that ends gives its relays back, which the server would else keep for ten
 * minutes.
 *
 * @module
 */
import { classes, Message, methods, type RTCPeerConnection, StunOverTurnProtocol } from "werift";
import { type Clock, sleep } from "../../../protocol/clock.ts";

/** How long a server has to take a relay back, in milliseconds. */
const RELEASE_LIMIT = 500;

/** Parts of werift's ICE connection that its types do not show. */
interface Inside {
  readonly protocols: readonly unknown[];
  pairLocalProtocol(protocol: StunOverTurnProtocol): void;
}

/** The relays of a connection. */
export function relaysOf(pc: RTCPeerConnection): StunOverTurnProtocol[] {
  return pc.iceTransports.flatMap(({ connection }) =>
    (connection as unknown as Inside).protocols
      .filter((protocol) => protocol instanceof StunOverTurnProtocol)
  );
}

/** Tries the relays with the browser's addresses that are known already. Call it for each local candidate. */
export function pairRelays(pc: RTCPeerConnection): void {
  for (const { connection } of pc.iceTransports) {
    const inside = connection as unknown as Inside;
    for (const protocol of inside.protocols) {
      const isRelay = protocol instanceof StunOverTurnProtocol && protocol.localCandidate;
      if (isRelay) inside.pairLocalProtocol(protocol);
    }
  }
}

/** Gives the relays back (a lifetime of zero, RFC 8656 §7). Resolves when that is done, or is taking too long. */
export async function releaseRelays(pc: RTCPeerConnection, clock: Clock): Promise<void> {
  const released = relaysOf(pc).map(({ turn }) => {
    const request = new Message(methods.REFRESH, classes.REQUEST).setAttribute("LIFETIME", 0);
    // A server that does not answer drops the relay by itself, later.
    return turn.requestWithRetry(request, turn.server).catch(() => {});
  });
  await Promise.race([Promise.all(released), sleep(clock, RELEASE_LIMIT)]);
}

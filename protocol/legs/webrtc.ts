/**
 * Bodies of the signalling messages, shared by the user and the worker leg. The coordinator relays them without
 * reading them.
 *
 * @module
 */
import * as z from "zod/mini";
import { PeerId } from "../ids.ts";

/** A session description (RFC 8829); real ones are about 5,000 characters. */
export const Sdp = z.string().check(z.minLength(1), z.maxLength(48_000));

/** Where the offer can be taken up over a media socket, for a browser that UDP does not reach. */
export const SocketOffer = z.object({
  /** `http:` or `https:`, or a path of the host that serves the page; opened as a WebSocket. */
  url: z.string().check(z.maxLength(400)),
  /** 32 random bytes, base64url without padding: good once, for this offer. */
  ticket: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type SocketOffer = z.infer<typeof SocketOffer>;

/** An SDP offer (RFC 8829) of the peer that sends media. */
export const Offer = z.object({
  peer_id: PeerId,
  sdp: Sdp,
  /** Absent: this worker has no media sockets. */
  socket: z.optional(SocketOffer),
});
export type Offer = z.infer<typeof Offer>;
/** The SDP answer to an offer. */
export const Answer = z.object({ peer_id: PeerId, sdp: Sdp });

/** A trickled candidate (RFC 8838). An empty `candidate` marks the end of candidates. */
export const Candidate = z.object({
  peer_id: PeerId,
  candidate: z.string().check(z.maxLength(1024)),
  sdp_mid: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
  sdp_m_line_index: z.optional(z.nullable(z.int())),
});
export type Candidate = z.infer<typeof Candidate>;

/** An ICE server, in the form that `RTCPeerConnection` takes. */
export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});
export type IceServer = z.infer<typeof IceServer>;

/** Requests a new path for a connection that is up (ICE restart, RFC 8445 §9). */
export const Restart = z.object({ peer_id: PeerId });
/** The offer of the new path, which `webrtc.answer` answers, and ICE servers with fresh credentials. */
export const RestartOffer = z.object({
  peer_id: PeerId,
  sdp: Sdp,
  ice_servers: z.array(IceServer),
});

/**
 * The browser's end of the peer connection: it answers the worker's offer, opens the five negotiated channels
 * and hands over tracks and messages. It handles one signalling message after another.
 *
 * @module
 */
import { type ChannelName, channelOptions, CHANNELS } from "../../../protocol/control/channels.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { Candidate, IceServer } from "../../../protocol/legs/webrtc.ts";

/** The events of a peer, for its owner. */
export interface PeerListener {
  /** A local candidate; empty text marks the end of them. */
  candidate(candidate: Omit<Candidate, "peer_id">): void;
  /** Packets pass both ways. */
  path(): void;
  /** Media and channels are usable. */
  up(): void;
  track(track: MediaStreamTrack): void;
  message(channel: ChannelName, bytes: Uint8Array): void;
  /** The connection failed for good. */
  failed(): void;
}

/** One peer connection of the browser. Disposing it closes the connection. */
export interface Peer extends Disposable {
  /** Takes the worker's offer and resolves to the answer (SDP), or to the reason that there is none. */
  answer(offer: string): Promise<{ readonly sdp: string } | { readonly error: string }>;
  /**
   * Takes the worker's offer of a new path, for a connection that goes on meanwhile, and resolves as {@linkcode answer}.
   * `iceServers` have fresh credentials.
   */
  restart(
    offer: string,
    iceServers: readonly IceServer[],
  ): Promise<{ readonly sdp: string } | { readonly error: string }>;
  /** Takes a remote candidate; those that come before the offer wait for it. */
  addCandidate(candidate: Candidate): void;
  /** False when the channel is closed or full: the message is dropped. */
  send(channel: ChannelName, bytes: Uint8Array<ArrayBuffer>): boolean;
  /** Bytes of a channel that wait to be sent. */
  waiting(channel: ChannelName): number;
  stats(): Promise<Iterable<Record<string, unknown>>>;
  /** Replaces the browser's receiver of the sound, whose jitter buffer then begins small. The picture goes on. */
  renewSound(): Promise<void>;
}

/** Creates a peer; tests pass a fake. */
export type CreatePeer = (iceServers: readonly IceServer[], listener: PeerListener) => Peer;

/** Remote candidates kept until the offer is taken; more are dropped, oldest first. */
const MOST_EARLY_CANDIDATES = 64;

/** Asks for Opus in stereo: Chromium decodes one channel unless the answer requests two (RFC 7587 §6.1). */
export function askForStereo(sdp: string): string {
  return sdp.replaceAll(
    /^(a=fmtp:\d+ (?!.*stereo=)(?=.*(?:minptime|useinbandfec)).*?)\r?$/gm,
    "$1;stereo=1\r",
  );
}

/** The offer with its sound section switched off. */
export function withoutSound(offer: string): string {
  return offer.split(/(?=^m=)/m).map((section) =>
    section.startsWith("m=audio") ? section.replace(/^a=sendonly/m, "a=inactive") : section
  ).join("");
}

/**
 * {@linkcode CreatePeer} over the browser's `RTCPeerConnection`. `iceError`: a STUN or TURN server gave no address.
 */
export function browserPeers(
  { iceError = () => {} }: {
    readonly iceError?: (error: RTCPeerConnectionIceErrorEvent) => void;
  } = {},
): CreatePeer {
  return (iceServers, listener) => createPeer(iceServers, { listener, iceError });
}

function createPeer(
  iceServers: readonly IceServer[],
  { listener, iceError }: {
    readonly listener: PeerListener;
    readonly iceError: (error: RTCPeerConnectionIceErrorEvent) => void;
  },
): Peer {
  const connection = new RTCPeerConnection({
    iceServers: forBrowser(iceServers),
    bundlePolicy: "max-bundle",
  });
  const channels = openChannels(connection, listener);
  const early: Candidate[] = [];
  const tracks = new Set<MediaStreamTrack>();
  let described = false;
  let turn: Promise<unknown> = Promise.resolve();

  connection.addEventListener("icecandidate", ({ candidate }) =>
    listener.candidate({
      candidate: candidate?.candidate ?? "",
      sdp_mid: candidate?.sdpMid,
      sdp_m_line_index: candidate?.sdpMLineIndex,
    }));
  connection.addEventListener("icecandidateerror", iceError);
  connection.addEventListener("track", ({ track, receiver }) => {
    // The worker requests no delay with the playout-delay extension; this covers browsers that ignore the extension.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    // A receiver that begins anew keeps its track.
    if (tracks.has(track)) return;
    tracks.add(track);
    listener.track(track);
  });
  connection.addEventListener("iceconnectionstatechange", () => {
    if (connection.iceConnectionState === "connected") listener.path();
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState === "failed") listener.failed();
  });

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = turn.then(task);
    turn = result.catch(() => {});
    return result;
  }

  async function take(candidate: Candidate): Promise<void> {
    const { candidate: line, sdp_mid, sdp_m_line_index } = candidate;
    try {
      await connection.addIceCandidate({
        candidate: line,
        sdpMid: sdp_mid ?? null,
        sdpMLineIndex: sdp_m_line_index ?? (sdp_mid ? null : 0),
      });
    } catch (error) {
      // The connection can still use the other addresses.
      console.warn(`Cannot use the worker's candidate "${line}": ${errorText(error)}`);
    }
  }

  async function answer(offer: string) {
    try {
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      const { sdp } = await connection.createAnswer();
      const stereo = askForStereo(sdp ?? "");
      await connection.setLocalDescription({ type: "answer", sdp: stereo });
      described = true;
      // After this turn, so that the answer leaves before any candidate.
      for (const candidate of early.splice(0)) void inTurn(() => take(candidate));
      return { sdp: stereo };
    } catch (error) {
      return { error: `This browser cannot answer the worker's offer: ${errorText(error)}` };
    }
  }

  return {
    answer: (offer) => inTurn(() => answer(offer)),
    restart(offer, iceServers) {
      // The candidates from here on are of the new path.
      described = false;
      return inTurn(() => {
        connection.setConfiguration({
          ...connection.getConfiguration(),
          iceServers: forBrowser(iceServers),
        });
        return answer(offer);
      });
    },
    addCandidate(candidate) {
      if (described) return void inTurn(() => take(candidate));
      early.push(candidate);
      if (early.length > MOST_EARLY_CANDIDATES) early.shift();
    },
    send(name, bytes) {
      const channel = channels[name];
      if (channel.readyState !== "open" || channel.bufferedAmount > CHANNELS[name].buffer) {
        return false;
      }
      channel.send(bytes);
      return true;
    },
    waiting: (name) => channels[name].bufferedAmount,
    renewSound: () =>
      inTurn(async () => {
        const offer = connection.remoteDescription?.sdp;
        if (!described || !offer) return;
        // Both descriptions stay in this browser: addresses and keys are the same, so the worker need not know.
        for (const sdp of [withoutSound(offer), offer]) {
          await connection.setRemoteDescription({ type: "offer", sdp });
          const answer = await connection.createAnswer();
          await connection.setLocalDescription({
            type: "answer",
            sdp: askForStereo(answer.sdp ?? ""),
          });
        }
      }).catch((error) => console.warn(`Cannot begin the sound anew: ${errorText(error)}`)),
    stats: async () => (await connection.getStats()).values(),
    [Symbol.dispose]() {
      connection.close();
    },
  };
}

/** ICE servers as the browser takes them; exported for the check, which gathers without a worker. */
export function forBrowser(iceServers: readonly IceServer[]): RTCIceServer[] {
  return iceServers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}

function openChannels(
  connection: RTCPeerConnection,
  listener: PeerListener,
): Record<ChannelName, RTCDataChannel> {
  const open = (name: ChannelName) => {
    const channel = connection.createDataChannel(
      CHANNELS[name].label,
      channelOptions(CHANNELS[name]),
    );
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) listener.message(name, new Uint8Array(data));
    });
    return channel;
  };
  const channels = {
    state: open("state"),
    commands: open("commands"),
    assets: open("assets"),
    media: open("media"),
    clock: open("clock"),
  };
  channels.state.addEventListener("open", () => listener.up());
  return channels;
}

/** Whether this browser has WebRTC at all. */
export function hasWebRtc(): boolean {
  return typeof globalThis.RTCPeerConnection === "function";
}

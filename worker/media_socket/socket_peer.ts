/**
 * {@linkcode PeerTransport} over a media socket: the browser and the worker exchange whole messages over TCP, in place
 * of RTP and data channels. Sound goes first: pictures are dropped where the path carries less, up to the next keyframe.
 *
 * ```text
 * new ──start──▶ connected ──socket closed · bad message · disposed──▶ closed
 * ```
 *
 * @module
 */
import type { EncodedAudio, VideoCodec } from "../../media/ports.ts";
import { type Clock, every, preciseEpoch } from "../../protocol/clock.ts";
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import { type ChannelName, CHANNELS } from "../../protocol/control/channels.ts";
import {
  decodeFromBrowser,
  encodeToBrowser,
  type ToBrowser,
} from "../../protocol/media_socket/messages.ts";
import { InFlight } from "./in_flight.ts";
import type { PacketizedFrame, PeerListener, PeerTransport } from "../sending/ports.ts";

/** Time between two estimates of what the path carries, in milliseconds. */
const ESTIMATE_PERIOD = 250;
/** Sound and messages are dropped while the oldest picture waits this long, in milliseconds. */
const STUCK_AFTER = 1_000;

/** The worker's end of one media socket, whose ticket is checked. */
export interface MediaSocket {
  send(bytes: Uint8Array): void;
  close(code: CloseCode, reason: string): void;
}

/** A peer whose messages come from the owner of its socket. */
export interface SocketPeer extends PeerTransport {
  /** Tells the browser that media follows, and the listener that it can be sent. Call it once. */
  start(): void;
  /** Takes a message of the browser. */
  receive(bytes: Uint8Array): void;
  /** The socket is closed; `reason` is a sentence. */
  gone(reason: string): void;
}

/** Makes a peer that sends pictures of `codec` on `socket`. */
export function createSocketPeer(
  { clock, socket, codec, listener }: {
    readonly clock: Clock;
    readonly socket: MediaSocket;
    readonly codec: VideoCodec;
    readonly listener: PeerListener;
  },
): SocketPeer {
  const inFlight = new InFlight(clock);
  const estimating = every(
    clock,
    ESTIMATE_PERIOD,
    () => listener.remb(inFlight.estimate()),
  );
  let state: "new" | "connected" | "closed" = "new";
  let needsKeyframe = true;
  let number = 0;
  /** Bytes of messages on each channel since the newest message of the browser. */
  const unanswered = new Map<ChannelName, number>();

  const send = (message: ToBrowser) => socket.send(encodeToBrowser(message));
  const isStuck = () => inFlight.delay > STUCK_AFTER;

  function close(): void {
    state = "closed";
    estimating[Symbol.dispose]();
  }

  return {
    codec,
    offer: () => Promise.reject(new Error("Cannot offer: the media goes over a media socket")),
    restart: () =>
      Promise.resolve({ error: "Cannot restart the path: the media goes over a media socket" }),
    accept: () =>
      Promise.resolve({ error: "Cannot take the answer: the media goes over a media socket" }),
    // Those of the connection that the socket replaced may still come.
    addCandidate: () => Promise.resolve({}),
    start() {
      if (state !== "new") return;
      state = "connected";
      send({ type: "ready", codec });
      listener.connected();
    },
    sendVideo(frame: PacketizedFrame) {
      if (state !== "connected" || frame.codec !== codec) return;
      if (needsKeyframe ? !(frame.keyframe && inFlight.isEmpty) : inFlight.isFull) {
        needsKeyframe = true;
        // Asked for earlier, it would wait behind what the path still carries.
        if (inFlight.isEmpty) listener.keyframeRequested();
        return;
      }
      needsKeyframe = false;
      number = (number + 1) >>> 0;
      const { keyframe, timestamp, data, capturedAt } = frame;
      inFlight.sent(number, data.length);
      const sentAt = preciseEpoch();
      send({ type: "video", keyframe, number, timestamp, sentAt, data });
      listener.sent(sentAt - capturedAt);
    },
    sendAudio({ timestamp, data }: EncodedAudio) {
      if (state === "connected" && !isStuck()) send({ type: "sound", timestamp, data });
    },
    send(channel: ChannelName, bytes: Uint8Array) {
      if (state !== "connected" || isStuck()) return false;
      const waiting = (unanswered.get(channel) ?? 0) + bytes.length;
      if (waiting > CHANNELS[channel].buffer) return false;
      unanswered.set(channel, waiting);
      send({ type: "channel", channel, bytes });
      return true;
    },
    waiting: (channel) => unanswered.get(channel) ?? 0,
    receive(bytes) {
      if (state !== "connected") return;
      const message = decodeFromBrowser(bytes);
      unanswered.clear();
      switch (message?.type) {
        case "channel":
          return listener.message(message.channel, message.bytes);
        case "received":
          inFlight.received(message.number);
          return listener.rtcpReceived();
        case "keyframe":
          needsKeyframe = true;
          return listener.keyframeRequested();
        default: {
          const reason = "The browser sent what is no message of a media socket";
          close();
          socket.close(CLOSE.badMessages, reason);
          return listener.closed(reason);
        }
      }
    },
    gone(reason) {
      if (state === "closed") return;
      close();
      listener.closed(reason);
    },
    [Symbol.dispose]() {
      if (state === "closed") return;
      close();
      socket.close(CLOSE.normal, "The room closed the connection");
    },
  };
}

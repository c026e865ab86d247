/**
 * {@linkcode PeerTransport} to a program that watches and made the offer (WHEP). It has no data channels: no pads, no
 * clock, no telemetry.
 *
 * @module
 */
import type {
  AnsweringPeer,
  CreateAnsweringPeer,
  PeerListener,
  PeerOptions,
} from "../../sending/ports.ts";
import { SentPackets } from "../../sending/rate/sent_packets.ts";
import { createSender, type Sender } from "../../sending/sender.ts";
import { openWire } from "../media.ts";
import type { PeerDependencies } from "../peer.ts";
import { portWindows } from "../port_windows.ts";
import { takeRtcp } from "../rtcp.ts";
import { AnsweringConnection } from "./connection.ts";
import { takeFeedback } from "./remote.ts";

const NO_OFFER = "the other end makes the offer";

/** Returns a function that makes peers on werift. */
export function answeringPeers(dependencies: PeerDependencies): CreateAnsweringPeer {
  const windows = portWindows(dependencies.random);
  return (options, listener) => {
    const portRange = options.portRange && windows(options.portRange);
    return createAnsweringPeer(dependencies, {
      options: portRange ? { ...options, portRange } : options,
      listener,
    });
  };
}

function createAnsweringPeer(
  dependencies: PeerDependencies,
  { options, listener }: { readonly options: PeerOptions; readonly listener: PeerListener },
): AnsweringPeer {
  let sender: Sender | undefined;
  const connection = new AnsweringConnection({
    clock: dependencies.clock,
    options,
    purpose: "watch",
    listener: {
      connected() {
        sender = startSending();
        listener.connected();
      },
      closed(reason) {
        sender?.[Symbol.dispose]();
        listener.closed(reason);
      },
    },
  });

  function startSending(): Sender {
    const { pc, video, audio } = connection.sections;
    // Without sound nothing is sent in its section, which then has no format.
    const sections = { pc, video, audio: connection.sound ? audio : video, channels: new Map() };
    const sent = new SentPackets();
    const started = createSender(openWire(sections, { ...dependencies, sent }), dependencies);
    takeRtcp(video.sender.dtlsTransport, (datagram) =>
      takeFeedback(datagram, {
        ...{ sender: started, sent, listener, videoSsrc: video.sender.ssrc },
        isOpen: () => connection.isConnected,
      }));
    return started;
  }

  return {
    get codec() {
      return connection.codec;
    },
    answer: (offer) => connection.answer(offer),
    offer: () => Promise.reject(new Error(`Cannot offer: ${NO_OFFER}`)),
    accept: () => Promise.resolve({ error: `Cannot take an answer: ${NO_OFFER}` }),
    restart: () => Promise.resolve({ error: `Cannot restart the path: ${NO_OFFER}` }),
    addCandidate: ({ candidate }) => connection.addCandidate(candidate),
    sendVideo(frame) {
      if (!connection.isConnected || frame.codec !== connection.codec) return;
      if (sender && !sender.sendVideo(frame)) listener.keyframeRequested();
    },
    sendAudio(packet) {
      if (connection.isConnected && connection.sound) sender?.sendAudio(packet);
    },
    send: () => false,
    waiting: () => 0,
    [Symbol.dispose]() {
      sender?.[Symbol.dispose]();
      connection[Symbol.dispose]();
    },
  };
}

/**
 * The worker's end of a connection on which a program publishes (WHIP): it answers the offer and receives.
 *
 * @module
 */
import type { RTCRtpTransceiver, RtpPacket } from "werift";
import type { Clock } from "../../../protocol/clock.ts";
import type { Random } from "../../../protocol/random.ts";
import type {
  CreatePublisherPeer,
  MediaPacket,
  PublisherListener,
  PublisherPeer,
} from "../../ingest/whip/ports.ts";
import type { PeerOptions } from "../../sending/ports.ts";
import { portWindows } from "../port_windows.ts";
import { AnsweringConnection } from "./connection.ts";

/** Returns a function that makes the worker's end on werift. */
export function publisherPeers(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): CreatePublisherPeer {
  const windows = portWindows(random);
  return (options, listener) => {
    const portRange = options.portRange && windows(options.portRange);
    return createPublisherPeer(clock, {
      options: portRange ? { ...options, portRange } : options,
      listener,
    });
  };
}

function createPublisherPeer(
  clock: Clock,
  { options, listener }: {
    readonly options: PeerOptions;
    readonly listener: PublisherListener;
  },
): PublisherPeer {
  const connection = new AnsweringConnection({
    clock,
    options,
    purpose: "publish",
    listener,
  });
  const { video, audio } = connection.sections;
  let videoSsrc: number | undefined;
  receive(video, (packet) => {
    videoSsrc = packet.header.ssrc;
    listener.video(readPacket(packet));
  });
  receive(audio, (packet) => listener.sound(readPacket(packet)));
  return {
    answer: (offer) => connection.answer(offer),
    addCandidate: (candidate) => connection.addCandidate(candidate),
    requestKeyframe() {
      if (!connection.isConnected || videoSsrc === undefined) return false;
      // A request that cannot be sent is lost, as any packet may be.
      video.receiver.sendRtcpPLI(videoSsrc).catch(() => {});
      return true;
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

function receive(section: RTCRtpTransceiver, take: (packet: RtpPacket) => void): void {
  section.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(take));
}

function readPacket({ header, payload }: RtpPacket): MediaPacket {
  const { sequenceNumber, timestamp, marker } = header;
  return { sequenceNumber, timestamp, marker, payload: Uint8Array.from(payload) };
}

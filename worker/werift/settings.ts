/**
 * The settings of a werift peer connection: codecs, header extensions, data channels, addresses. Measurements showed an
 * effect of each.
 *
 * @module
 */
import {
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  type RTCRtpTransceiver,
  useAbsSendTime,
  useNACK,
  usePLI,
  useREMB,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
} from "werift";
import { type ChannelName, channelOptions, CHANNELS } from "../../protocol/control/channels.ts";
import { PLAYOUT_DELAY } from "../rtp/rtp_header.ts";
import type { PeerOptions } from "../sending/ports.ts";
import { shortenSctpHandshake } from "./sctp_handshake.ts";
import type { IceCredentials } from "./source_filter.ts";

/** A werift peer connection with its two media sections and its data channels. */
export interface Connection {
  readonly pc: RTCPeerConnection;
  readonly video: RTCRtpTransceiver;
  readonly audio: RTCRtpTransceiver;
  readonly channels: ReadonlyMap<ChannelName, RTCDataChannel>;
}

/**
 * Makes a connection that has not offered yet.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export function createConnection(
  { iceServers, extraAddresses, portRange }: PeerOptions,
): Connection {
  if (portRange && portRange[1] <= portRange[0]) {
    throw new RangeError(
      `Cannot use UDP ports ${portRange[0]} to ${
        portRange[1]
      }: a peer connection takes at least two`,
    );
  }
  const pc: RTCPeerConnection = new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    iceServers: iceServers.flatMap(({ urls, username, credential }) =>
      urls.map((url) => ({
        urls: url,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      }))
    ),
    iceAdditionalHostAddresses: [...extraAddresses],
    ...(portRange ? { icePortRange: [...portRange] as [number, number] } : {}),
    codecs: { video: videoCodecs(), audio: [opus()] },
    headerExtensions: headerExtensions(),
  });
  const video = pc.addTransceiver("video", { direction: "sendonly" });
  const audio = pc.addTransceiver("audio", { direction: "sendonly" });
  // In one stream, browsers would delay pictures until the sound's jitter buffer has caught up.
  video.sender.streamId = "video";
  audio.sender.streamId = "audio";
  const channels = new Map<ChannelName, RTCDataChannel>();
  for (const name of Object.keys(CHANNELS) as ChannelName[]) {
    channels.set(name, pc.createDataChannel(CHANNELS[name].label, channelOptions(CHANNELS[name])));
  }
  if (pc.sctpTransport) shortenSctpHandshake(pc.sctpTransport);
  if (!iceServers.some(({ urls }) => urls.some((url) => /^stuns?:/i.test(url)))) {
    // Without a configured STUN server, werift sends requests to a public one.
    for (const { connection } of pc.iceTransports) delete connection.stunServer;
  }
  return { pc, video, audio, channels };
}

/** What the browser received by signalling. Everything is bundled, so there is one pair. */
export function iceCredentials(
  { iceTransports: [first] }: RTCPeerConnection,
): IceCredentials | undefined {
  const found = first?.localParameters;
  return found && { name: found.usernameFragment, password: found.password };
}

/**
 * werift numbers these objects one after the other, so sections that share an object share its id. The sections are
 * bundled, and browsers read the transport-wide number of all packets by the ids of one section (RFC 8843 §9).
 */
function headerExtensions() {
  const shared = [useSdesMid(), useAbsSendTime(), useTransportWideCC()];
  const playoutDelay = new RTCRtpHeaderExtensionParameters({ uri: PLAYOUT_DELAY });
  return { audio: shared, video: [...shared, playoutDelay] };
}

/**
 * Constrained baseline, because every browser with H.264 decodes it. A browser that
 * has transport-wide feedback sends it instead of REMB.
 */
function videoCodecs(): RTCRtpCodecParameters[] {
  const rtcpFeedback = [useNACK(), usePLI(), useREMB(), useTWCC()];
  // werift sets the `apt` of each rtx entry to the payload type of the entry before it.
  const rtx = () => new RTCRtpCodecParameters({ mimeType: "video/rtx", clockRate: 90_000 });
  return [
    new RTCRtpCodecParameters({
      mimeType: "video/H264",
      clockRate: 90_000,
      rtcpFeedback,
      parameters: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    }),
    rtx(),
    new RTCRtpCodecParameters({ mimeType: "video/VP8", clockRate: 90_000, rtcpFeedback }),
    rtx(),
  ];
}

function opus(): RTCRtpCodecParameters {
  return new RTCRtpCodecParameters({
    mimeType: "audio/opus",
    clockRate: 48_000,
    channels: 2,
    rtcpFeedback: [useTWCC()],
    parameters: "minptime=10;useinbandfec=1;stereo=1",
  });
}

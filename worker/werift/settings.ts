/**
 * The settings of a werift peer connection: codecs, header extensions, data channels, addresses. Measurements showed an
 * effect of each.
 *
 * @module
 */
import {
  type PeerConfig,
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
import type { Purpose } from "../../protocol/sdp/offer.ts";
import { ABS_CAPTURE_TIME, PLAYOUT_DELAY } from "../rtp/rtp_header.ts";
import type { PeerOptions } from "../sending/ports.ts";
import { shortenSctpHandshake } from "./sctp/handshake.ts";
import type { IceCredentials } from "./source_filter.ts";

/** A werift peer connection with its two media sections and its data channels. */
export interface Connection {
  readonly pc: RTCPeerConnection;
  readonly video: RTCRtpTransceiver;
  readonly audio: RTCRtpTransceiver;
  readonly channels: ReadonlyMap<ChannelName, RTCDataChannel>;
}

/** The longest time that one STUN or TURN server may take while an answer waits for candidates, in seconds. */
const GATHER_LIMIT = 2;

/**
 * Makes a connection that has not offered yet.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export function createConnection(options: PeerOptions): Connection {
  const pc = createPeerConnection(options, {
    codecs: { video: videoCodecs(), audio: [opus()] },
    headerExtensions: headerExtensions(),
  });
  const { video, audio } = addSections(pc, "sendonly");
  const channels = new Map<ChannelName, RTCDataChannel>();
  for (const name of Object.keys(CHANNELS) as ChannelName[]) {
    channels.set(name, pc.createDataChannel(CHANNELS[name].label, channelOptions(CHANNELS[name])));
  }
  if (pc.sctpTransport) shortenSctpHandshake(pc.sctpTransport);
  askNoPublicServer(pc, options);
  return { pc, video, audio, channels };
}

/**
 * Makes a connection that answers an offer and has no data channels. It sends media to a program that watches, or
 * receives the media of one that publishes.
 *
 * @throws {RangeError} when the port range holds fewer than two ports
 */
export function createAnsweringConnection(
  options: PeerOptions,
  purpose: Purpose,
): Omit<Connection, "channels"> {
  const isSent = purpose === "watch";
  const pc = createPeerConnection(options, {
    iceStunGatherTimeout: GATHER_LIMIT,
    iceTurnConnectTimeout: GATHER_LIMIT,
    ...(isSent
      ? {
        codecs: { video: videoCodecs(), audio: [opus()] },
        headerExtensions: headerExtensions(),
      }
      : receiving()),
  });
  const sections = addSections(pc, isSent ? "sendonly" : "recvonly");
  askNoPublicServer(pc, options);
  return { pc, ...sections };
}

function createPeerConnection(
  { iceServers, extraAddresses, onlyExtraAddresses, portRange }: PeerOptions,
  media: Partial<PeerConfig>,
): RTCPeerConnection {
  if (portRange && portRange[1] <= portRange[0]) {
    throw new RangeError(
      `Cannot use UDP ports ${portRange[0]} to ${
        portRange[1]
      }: a peer connection takes at least two`,
    );
  }
  return new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    iceServers: iceServers.flatMap(({ urls, username, credential }) =>
      urls.map((url) => ({
        urls: url,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      }))
    ),
    iceAdditionalHostAddresses: [...extraAddresses],
    // It then asks the interfaces for no address of either family.
    ...(onlyExtraAddresses ? { iceUseIpv4: false, iceUseIpv6: false } : {}),
    ...(portRange ? { icePortRange: [...portRange] as [number, number] } : {}),
    ...media,
  });
}

function addSections(pc: RTCPeerConnection, direction: "sendonly" | "recvonly") {
  const video = pc.addTransceiver("video", { direction });
  const audio = pc.addTransceiver("audio", { direction });
  // In one stream, browsers would delay pictures until the sound's jitter buffer has caught up.
  video.sender.streamId = "video";
  audio.sender.streamId = "audio";
  return { video, audio };
}

/** Without a configured STUN server, werift sends requests to a public one. */
function askNoPublicServer(pc: RTCPeerConnection, { iceServers }: PeerOptions): void {
  if (iceServers.some(({ urls }) => urls.some((url) => /^stuns?:/i.test(url)))) return;
  for (const { connection } of pc.iceTransports) delete connection.stunServer;
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
  const captureTime = new RTCRtpHeaderExtensionParameters({ uri: ABS_CAPTURE_TIME });
  return { audio: shared, video: [...shared, playoutDelay, captureTime] };
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

/**
 * H.264 and Opus are received. Transport-wide feedback is not agreed on, because werift writes it wrongly; a publisher
 * then follows the loss that werift reports.
 */
function receiving() {
  const extensions = [useSdesMid(), useAbsSendTime()];
  return {
    codecs: {
      video: [
        new RTCRtpCodecParameters({
          mimeType: "video/H264",
          clockRate: 90_000,
          rtcpFeedback: [useNACK(), usePLI()],
          parameters: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        }),
        new RTCRtpCodecParameters({ mimeType: "video/rtx", clockRate: 90_000 }),
      ],
      audio: [
        new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2 }),
      ],
    },
    headerExtensions: { video: extensions, audio: extensions },
  };
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

/**
 * A browser's end of a peer connection, on werift, and a worker's end that keeps the calls of its listener.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  GenericNack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  type RTCDataChannel,
  RTCPeerConnection,
  RtcpPayloadSpecificFeedback,
  RtcpTransportLayerFeedback,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  type RtpPacket,
  useAbsSendTime,
  useNACK,
  usePLI,
  useREMB,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
} from "werift";
import { type ChannelName, channelOptions, CHANNELS } from "../../../protocol/control/channels.ts";
import type { Clock } from "../../../protocol/clock.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { chooseOnce, type FastSend } from "../../../worker/fast_send/fast_send.ts";
import { ABS_CAPTURE_TIME, PLAYOUT_DELAY } from "../../../worker/rtp/rtp_header.ts";
import type { LocalCandidate, PeerOptions, PeerTransport } from "../../../worker/sending/ports.ts";
import type { PacketReport } from "../../../worker/sending/rate/ports.ts";
import { filterDtls } from "../../../worker/werift/dtls_filter.ts";
import { weriftPeers } from "../../../worker/werift/peer.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** The names of all data channels. */
export const CHANNEL_NAMES = Object.keys(CHANNELS) as ChannelName[];

/** A browser's end. It keeps every packet and message that it receives, in order. */
export class WeriftBrowser implements AsyncDisposable {
  readonly packets: RtpPacket[] = [];
  readonly messages: { readonly channel: ChannelName; readonly text: string }[] = [];
  readonly pc: RTCPeerConnection;
  readonly channels = new Map<ChannelName, RTCDataChannel>();

  /** `feedback`: whether it reports when each packet arrived. `playoutDelay`: whether it has that extension, and abs-capture-time. */
  constructor({ video = ["H264", "VP8"], feedback = false, playoutDelay = true }: {
    readonly video?: readonly string[];
    readonly feedback?: boolean;
    readonly playoutDelay?: boolean;
  } = {}) {
    const number = feedback ? [useTransportWideCC()] : [];
    this.pc = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: "max-bundle",
      codecs: {
        video: video.flatMap((name) => videoCodec(name, { feedback })),
        audio: [
          new RTCRtpCodecParameters({
            mimeType: "audio/opus",
            clockRate: 48_000,
            channels: 2,
            rtcpFeedback: feedback ? [useTWCC()] : [],
          }),
        ],
      },
      headerExtensions: {
        video: [
          useSdesMid(),
          useAbsSendTime(),
          ...(playoutDelay ? [PLAYOUT_DELAY, ABS_CAPTURE_TIME] : []).map((uri) =>
            new RTCRtpHeaderExtensionParameters({ uri })
          ),
          ...number,
        ],
        audio: [useSdesMid(), useAbsSendTime(), ...number],
      },
    });
    for (const name of CHANNEL_NAMES) {
      const options = channelOptions(CHANNELS[name]);
      const channel = this.pc.createDataChannel(CHANNELS[name].label, options);
      channel.onMessage.subscribe((data) => {
        this.messages.push({ channel: name, text: data.toString() });
      });
      this.channels.set(name, channel);
    }
  }

  /** The answer, with this end's candidates. */
  async answer(offer: string): Promise<string> {
    await this.pc.setRemoteDescription({ type: "offer", sdp: offer });
    for (const { connection } of this.pc.iceTransports) delete connection.stunServer;
    // werift fails when an answer that a worker repeats under load arrives twice; a browser does not.
    filterDtls(this.#transport);
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    this.#transport.onRtp.subscribe((packet) => this.packets.push(packet));
    return this.pc.localDescription?.sdp ?? "";
  }

  /** Packets of one payload type or SSRC. */
  packetsOf(filter: { readonly payloadType?: number; readonly ssrc?: number }): RtpPacket[] {
    return this.packets.filter(({ header }) =>
      (filter.payloadType ?? header.payloadType) === header.payloadType &&
      (filter.ssrc ?? header.ssrc) === header.ssrc
    );
  }

  requestKeyframe(mediaSsrc: number): Promise<unknown> {
    const feedback = new PictureLossIndication({ senderSsrc: 1, mediaSsrc });
    return this.#transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
  }

  /** REMB; `mantissa` times 2 to the power of `exponent` bits per second. */
  estimate({ mantissa, exponent }: { mantissa: number; exponent: number }): Promise<unknown> {
    const feedback = new ReceiverEstimatedMaxBitrate({
      senderSsrc: 1,
      mediaSsrc: 0,
      brExp: exponent,
      brMantissa: mantissa,
      ssrcNum: 1,
      ssrcFeedbacks: [1],
    });
    return this.#transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
  }

  reportLost(mediaSourceSsrc: number, lost: number[]): Promise<unknown> {
    const feedback = new GenericNack({ senderSsrc: 1, mediaSourceSsrc, lost });
    return this.#transport.sendRtcp([
      new RtcpTransportLayerFeedback({ feedback, header: feedback.header }),
    ]);
  }

  /** Reports that so many packets arrived together: transport-wide feedback, which werift itself writes wrongly. */
  reportArrivals(first: number, count: number): Promise<unknown> {
    const bytes = Buffer.alloc(4 * Math.ceil((22 + count) / 4));
    bytes.writeUInt32BE(0x8fcd0000 + bytes.length / 4 - 1);
    bytes.writeUInt16BE(first, 12);
    bytes.writeUInt16BE(count, 14);
    bytes.writeUInt16BE(0x2000 + count, 20);
    return this.sendRtcp(bytes);
  }

  /** Any bytes as the content of an encrypted RTCP packet. */
  sendRtcp(bytes: Uint8Array): Promise<unknown> {
    const packet = new GenericNack({ senderSsrc: 1, mediaSourceSsrc: 1, lost: [] });
    packet.serialize = () => Buffer.from(bytes);
    return this.#transport.sendRtcp([packet as unknown as RtcpTransportLayerFeedback]);
  }

  /** Any bytes as a chunk of SCTP, in a packet of its own. */
  sendChunk(bytes: Uint8Array): Promise<void> {
    const { sctp } = this.pc.sctpTransport!;
    const chunk = { type: bytes[0]!, bytes: Buffer.from(bytes) };
    return sctp.sendChunk(chunk as Parameters<typeof sctp.sendChunk>[0]);
  }

  /** Any bytes as a datagram on the path of the media, unencrypted. */
  sendDatagram(bytes: Buffer): Promise<unknown> {
    return this.#transport.iceTransport.connection.send(bytes);
  }

  /** Each datagram that this end sends on the path of the media. */
  watchDatagrams(watch: (bytes: Buffer) => void): void {
    const { connection } = this.#transport.iceTransport;
    const send = connection.send;
    connection.send = (bytes: Buffer) => {
      watch(bytes);
      return send.call(connection, bytes);
    };
  }

  send(channel: ChannelName, text: string): void {
    this.channels.get(channel)!.send(Buffer.from(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pc.close();
  }

  get #transport() {
    return this.pc.dtlsTransports[0]!;
  }
}

/** The calls of a peer's listener, in order. */
export interface Reported {
  readonly events: string[];
  readonly candidates: (LocalCandidate | undefined)[];
  /** When each RTCP packet came in, in milliseconds. */
  readonly rtcp: number[];
  readonly rembs: number[];
  readonly losses: number[];
  readonly packets: PacketReport[];
  readonly reasons: string[];
}

/** A worker's end: the peer and what it reported. */
export interface WorkerEnd extends Reported, Disposable {
  readonly peer: PeerTransport;
}

/** As the product sends on this machine. */
const FAST_SEND = chooseOnce({ log: createLog({ clock: systemClock, sink: () => {} }) });

/** A peer whose listener keeps all calls; loopback only. `fastSend`: how it sends media. */
export function openPeer(
  { clock = systemClock, fastSend = FAST_SEND, ...options }:
    & { readonly clock?: Clock; readonly fastSend?: () => FastSend | undefined }
    & Partial<PeerOptions> = {},
): WorkerEnd {
  const reported: Reported = {
    events: [],
    candidates: [],
    rtcp: [],
    rembs: [],
    losses: [],
    packets: [],
    reasons: [],
  };
  const createPeer = weriftPeers({ clock, random: new SeededRandom(), fastSend });
  const peer = createPeer({ iceServers: [], extraAddresses: ["127.0.0.1"], ...options }, {
    candidate: (candidate) => void reported.candidates.push(candidate),
    connected: () => void reported.events.push("connected"),
    message: (channel, bytes) =>
      void reported.events.push(`${channel}: ${new TextDecoder().decode(bytes)}`),
    rtcpReceived: () => void reported.rtcp.push(performance.now()),
    keyframeRequested: () => void reported.events.push("keyframe"),
    remb: (bitrate) => void reported.rembs.push(bitrate),
    sent: () => {},
    loss: (fraction) => void reported.losses.push(fraction),
    packets: (packets) => void reported.packets.push(...packets),
    closed: (reason) => {
      reported.events.push("closed");
      reported.reasons.push(reason);
    },
  });
  return { ...reported, peer, [Symbol.dispose]: () => peer[Symbol.dispose]() };
}

/** Offers, answers and waits until both ends are connected. */
export async function connect(worker: WorkerEnd, browser: WeriftBrowser): Promise<void> {
  const answer = await browser.answer(await worker.peer.offer());
  const { error } = await worker.peer.accept(answer);
  if (error !== undefined) throw new Error(error);
  await until(() => worker.events.includes("connected"));
}

/** Waits until the condition holds. It fails after `within` seconds. */
export async function until(
  condition: () => boolean,
  { within = PATIENCE / 1000 } = {},
): Promise<void> {
  const deadline = performance.now() + within * 1000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`It never came to: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function videoCodec(
  name: string,
  { feedback }: { readonly feedback: boolean },
): RTCRtpCodecParameters[] {
  return [
    new RTCRtpCodecParameters({
      mimeType: `video/${name}`,
      clockRate: 90_000,
      rtcpFeedback: [useNACK(), usePLI(), useREMB(), ...(feedback ? [useTWCC()] : [])],
      ...(name === "H264" ? { parameters: "packetization-mode=1;profile-level-id=42e01f" } : {}),
    }),
    new RTCRtpCodecParameters({ mimeType: "video/rtx", clockRate: 90_000 }),
  ];
}

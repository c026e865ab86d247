/**
 * Viewers of a room without browsers: each has a UDP socket of its own, SRTP keys and werift's transport, as a connected
 * peer has them, and sends through the product's own code.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  ProtectionProfileAeadAes128Gcm,
  RTCDtlsTransport,
  type SrtpProfile,
  SrtpSession,
  UdpTransport,
} from "werift";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { FastSend } from "../../../worker/fast_send/fast_send.ts";
import {
  ABS_CAPTURE_TIME,
  ABS_SEND_TIME,
  MID,
  PLAYOUT_DELAY,
} from "../../../worker/rtp/rtp_header.ts";
import { createSender, type MediaWire, type Sender } from "../../../worker/sending/sender.ts";
import { openWire } from "../../../worker/werift/media.ts";
import type { Connection } from "../../../worker/werift/settings.ts";

/** A viewer's sender and its socket. */
export interface FakeViewer extends AsyncDisposable {
  readonly sender: Sender;
  /** Packets written, sound included. */
  readonly sent: () => number;
}

/** A viewer whose packets go to a port of the loopback interface. */
export async function openFakeViewer(
  { port, index, fastSend, profile = ProtectionProfileAeadAes128Gcm }: {
    readonly port: number;
    readonly index: number;
    readonly fastSend: FastSend | undefined;
    readonly profile?: SrtpProfile;
  },
): Promise<FakeViewer> {
  const socket = await UdpTransport.init("udp4");
  const host = "127.0.0.1";
  const connection = {
    nominated: { protocol: { type: "stun", transport: socket }, remoteCandidate: { host, port } },
    canSendApplicationData: () => true,
    send: (datagram: Buffer) => socket.send(datagram, [host, port]),
  };
  const transport = new RTCDtlsTransport({}, { connection } as never);
  transport.srtp = new SrtpSession({ keys: keys(index), profile });
  const { wire, sent } = counted(openWire(
    {
      pc: { cname: "-" },
      video: section({ transport, ssrc: 4 * index + 1, mid: "0", name: "H264" }),
      audio: section({ transport, ssrc: 4 * index + 3, mid: "1", name: "opus" }),
    } as unknown as Connection,
    { clock: systemClock, fastSend: () => fastSend },
  ));
  const sender = createSender(wire, { clock: systemClock, random: systemRandom });
  return {
    sender,
    sent,
    async [Symbol.asyncDispose]() {
      sender[Symbol.dispose]();
      await socket.close();
    },
  };
}

function counted(wire: MediaWire): { readonly wire: MediaWire; readonly sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    wire: {
      ...wire,
      writeVideo(packets) {
        sent += packets.length;
        wire.writeVideo(packets);
      },
      writeAudio(packets) {
        sent += packets.length;
        wire.writeAudio(packets);
      },
      // Reports need keys of RTCP, and are two packets a second.
      writeReport: () => {},
    },
  };
}

function section(
  { transport, ssrc, mid, name }: {
    readonly transport: RTCDtlsTransport;
    readonly ssrc: number;
    readonly mid: string;
    readonly name: string;
  },
) {
  const codec = { payloadType: 96 + 2 * Number(mid), name, parameters: "" };
  const rtx = { payloadType: 97, name: "rtx", parameters: "apt=96" };
  return {
    mid,
    sender: { dtlsTransport: transport, codec, ssrc, rtxSsrc: ssrc + 1 },
    codecs: [codec, rtx],
    headerExtensions: [MID, ABS_SEND_TIME, PLAYOUT_DELAY, ABS_CAPTURE_TIME].map((uri, at) => ({
      uri,
      id: at + 1,
    })),
  };
}

function keys(index: number) {
  const bytes = (length: number) => Buffer.alloc(length, index % 251 + 1);
  return {
    localMasterKey: bytes(16),
    localMasterSalt: bytes(12),
    remoteMasterKey: bytes(16),
    remoteMasterSalt: bytes(12),
  };
}

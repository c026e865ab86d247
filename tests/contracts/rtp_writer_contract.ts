/**
 * The rules of every way of sending media, checked over a real connection: the browser's end keeps each datagram as it
 * came, and werift's own SRTP with the same keys says what it has to be.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { RtpHeader, SrtpSession } from "werift";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { systemClock } from "../../protocol/clock.ts";
import type { FastSend } from "../../worker/fast_send/fast_send.ts";
import {
  ABS_CAPTURE_TIME,
  ABS_SEND_TIME,
  absSendTime,
  MID,
  PLAYOUT_DELAY,
} from "../../worker/rtp/rtp_header.ts";
import type { RtpPacket } from "../../worker/rtp/rtp_stream.ts";
import type { MediaWire } from "../../worker/sending/sender.ts";
import { filterDtls } from "../../worker/werift/dtls_filter.ts";
import { openWire } from "../../worker/werift/media.ts";
import { type Connection, createConnection } from "../../worker/werift/settings.ts";
import { until, WeriftBrowser } from "../support/media/werift_browser.ts";

const NOW = 123_456.75 as Millis;
/** When the picture was captured: half a second after a full one since 1970. */
const CAPTURED = 1_700_000_000_500;
/** A clock that stands still, so that the time of sending is known. */
const STILL: Clock = { ...systemClock, now: () => NOW };

/** A connection with its wire, and the datagrams of media that the browser's end received. */
export interface OpenWire extends AsyncDisposable {
  readonly connection: Connection;
  readonly wire: MediaWire;
  readonly received: Buffer[];
  /** A packet of each stream; numbers may be replaced. */
  packet(stream: "video" | "rtx" | "audio", more?: Partial<RtpPacket>): RtpPacket;
  /** What werift's own SRTP makes of the next packet. */
  expected(section: "video" | "audio", packet: RtpPacket): Buffer;
}

/** Connects, and opens the wire. */
export async function openConnected(fastSend: FastSend | undefined): Promise<OpenWire> {
  const connection = createConnection({ iceServers: [], extraAddresses: ["127.0.0.1"] });
  const browser = new WeriftBrowser();
  const { pc, video, audio } = connection;
  filterDtls(video.sender.dtlsTransport);
  const offer = await pc.createOffer();
  // As the product does: the browser's end answers before this end has gathered its candidates.
  const gathered = pc.setLocalDescription(offer);
  const answer = await browser.answer(offer.sdp);
  await pc.setRemoteDescription({ type: "answer", sdp: answer });
  await gathered;
  const transport = video.sender.dtlsTransport;
  await until(() =>
    transport.state === "connected" && browser.pc.dtlsTransports[0]!.state === "connected"
  );
  const received: Buffer[] = [];
  for (const { connection: ice } of browser.pc.iceTransports) {
    ice.onData.subscribe((datagram) => {
      if (isMedia(datagram)) received.push(Buffer.from(datagram));
    });
  }
  const wire = openWire(connection, { clock: STILL, fastSend: () => fastSend });
  const reference = new SrtpSession({ ...transport.srtp.config });
  return {
    connection,
    wire,
    received,
    packet(stream, more = {}) {
      const format = stream === "audio" ? wire.audio : wire.video;
      const { ssrc, payloadType } = stream === "rtx" ? format.rtx! : format;
      const payload = new Uint8Array(100);
      return {
        ssrc,
        payloadType,
        payload,
        sequenceNumber: 7,
        timestamp: 3_000,
        marker: false,
        capturedAt: stream === "audio" ? undefined : CAPTURED,
        ...more,
      };
    },
    expected(section, { payload, capturedAt: _, ...numbers }) {
      const { headerExtensions, mid } = section === "video" ? video : audio;
      const time = Buffer.alloc(3);
      time.writeUIntBE(absSendTime(NOW), 0, 3);
      const captured = Buffer.alloc(8);
      captured.writeUInt32BE(1_700_000_000 + 2_208_988_800, 0);
      captured.writeUInt32BE(2 ** 31, 4);
      const contents: Record<string, Buffer> = {
        [MID]: Buffer.from(mid ?? ""),
        [ABS_SEND_TIME]: time,
        [PLAYOUT_DELAY]: Buffer.alloc(3),
        [ABS_CAPTURE_TIME]: captured,
      };
      const extensions = headerExtensions.toSorted((a, b) => a.id - b.id)
        .map(({ uri, id }) => ({ id, payload: contents[uri]! }));
      equal(extensions.length, section === "video" ? 4 : 2);
      return reference.encrypt(Buffer.from(payload), new RtpHeader({ ...numbers, extensions }));
    },
    async [Symbol.asyncDispose]() {
      wire[Symbol.dispose]();
      await pc.close();
      await browser[Symbol.asyncDispose]();
    },
  };
}

/** Whether it is neither DTLS nor RTCP (RFC 5761 §4). */
function isMedia([first = 0, second = 0]: Uint8Array): boolean {
  const type = second & 0x7f;
  return first >= 128 && first < 192 && (type < 64 || type > 95);
}

/** Registers the suite for one way. `open` returns what the process needs for it; `undefined`: werift. */
export function rtpWriterContract(name: string, open: () => FastSend | undefined): void {
  const rule = (sentence: string, body: (opened: OpenWire) => Promise<void>) =>
    Deno.test(`${sentence} (${name})`, async () => {
      await using opened = await openConnected(open());
      await body(opened);
    });

  rule("[FST1] packets arrive with the bytes of werift's SRTP, in order", async (opened) => {
    const { wire, received, packet, expected } = opened;
    const sizes = [1_150, 1_150, 1_150, 700, 0, 1, 1_152, ...Array<number>(60).fill(1_000), 30];
    const video = sizes.map((size, index) =>
      packet("video", {
        payload: Uint8Array.from({ length: size }, (_, at) => at + index),
        sequenceNumber: 500 + index,
        timestamp: 2 ** 32 - 1,
        marker: index === sizes.length - 1,
      })
    );
    const sound = packet("audio", { payload: Uint8Array.of(1, 2, 3), sequenceNumber: 65_535 });
    wire.writeVideo(video.slice(0, 5));
    wire.writeAudio([sound]);
    wire.writeVideo(video.slice(5));
    const datagrams = [
      ...video.slice(0, 5).map((each) => expected("video", each)),
      expected("audio", sound),
      ...video.slice(5).map((each) => expected("video", each)),
    ];
    await until(() => received.length === datagrams.length);
    deepEqual(received, datagrams);
  });

  rule(
    "[FST2] each stream counts its own roll-overs, retransmissions among them",
    async (opened) => {
      const { wire, received, packet, expected } = opened;
      const numbers = (first: number, count: number) =>
        Array.from({ length: count }, (_, index) => (first + index) % 2 ** 16);
      const packets = [
        ...numbers(65_533, 5).map((sequenceNumber) => packet("video", { sequenceNumber })),
        ...numbers(65_530, 3).map((sequenceNumber) => packet("rtx", { sequenceNumber })),
        ...numbers(2, 3).map((sequenceNumber) => packet("video", { sequenceNumber })),
        ...numbers(65_533, 5).map((sequenceNumber) => packet("rtx", { sequenceNumber })),
      ];
      wire.writeVideo(packets);
      const datagrams = packets.map((each) => expected("video", each));
      await until(() => received.length === datagrams.length);
      deepEqual(received, datagrams);
    },
  );

  rule(
    "[FST7] nothing is sent while no pair is selected, and numbers stay right",
    async (opened) => {
      const { connection: { pc }, wire, received, packet, expected } = opened;
      const [{ connection: ice }] = pc.iceTransports as [typeof pc.iceTransports[number]];
      const pair = ice.nominated!;
      const packets = [65_534, 65_535, 0, 1].map((sequenceNumber) =>
        packet("video", { sequenceNumber })
      );
      const datagrams = packets.map((each) => expected("video", each));
      wire.writeVideo(packets.slice(0, 1));
      delete ice.nominated;
      wire.writeVideo(packets.slice(1, 3));
      ice.nominated = pair;
      wire.writeVideo(packets.slice(3));
      await until(() => received.length === 2);
      deepEqual(received, [datagrams[0], datagrams[3]]);
    },
  );

  rule(
    "[FST8] after disposing nothing is sent, and disposing twice is no fault",
    async (opened) => {
      const { wire, received, packet } = opened;
      wire.writeVideo([packet("video")]);
      await until(() => received.length === 1);
      wire[Symbol.dispose]();
      wire[Symbol.dispose]();
      wire.writeVideo([packet("video", { sequenceNumber: 8 })]);
      wire.writeAudio([packet("audio")]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      equal(received.length, 1);
    },
  );
}

/**
 * Sends transport packets from standard input as FLV over RTMP, through FFmpeg, without encoding.
 *
 * @module
 */
import { Dictionary, FFmpegError, FormatContext, InputFormat, Packet } from "node-av/lib";
import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_H264,
  AVERROR_UNKNOWN,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import { teeOutput } from "../../../media/links/tee_output.ts";
import { type HostPort, writeHostPort } from "../../../protocol/addresses/authority.ts";
import type { RtmpAddress } from "../../../protocol/addresses/destination.ts";
import { dialReachable } from "../../../protocol/addresses/dial.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { openRelay } from "./relay.ts";
import { silenceFfmpeg } from "../../../media/ffmpeg_log.ts";

/** FFmpeg finds the streams of the input in its first bytes, at most this many and for at most this long, in µs. */
const PROBE_BYTES = 2_000_000n;
const PROBE_TIME = 2_000_000n;
/** Time between two reports of the sent bytes, in milliseconds. */
const REPORT_PERIOD = 1_000;
/** The TCP ports of addresses without one. */
const RTMP_PORT = 1935;
const RTMPS_PORT = 443;
/** FFmpeg returns -1 (EPERM) when a server refuses `publish` (RTMP §7.2.2.6), measured with FFmpeg 8.1. */
const PUBLISH_REFUSED = -1;
/** A server that ends the connection so soon after the start has mostly refused the key, in milliseconds. */
const EARLY = 5_000;

/** Sends until input or connection ends; resolves with the reason, a sentence without the address and the key. */
export async function sendRtmp(
  { scheme, app, key, ...place }: RtmpAddress,
  { reachable, report }: {
    /** The IP addresses that may be dialled. */
    readonly reachable: readonly string[];
    readonly report: { connected(): void; sent(bytes: number): void };
  },
): Promise<string> {
  silenceFfmpeg();
  const input = new FormatContext();
  input.allocContext();
  input.probesize = PROBE_BYTES;
  input.maxAnalyzeDuration = PROBE_TIME;
  const format = InputFormat.findInputFormat("mpegts");
  const options = Dictionary.fromObject({ fflags: "nobuffer" });
  const opened = await input.openInput("pipe:0", format, options);
  if (opened < 0) return `Cannot read the stream: ${FFmpegError.strerror(opened)}`;
  await input.findStreamInfo(null);
  const chosen = input.streams.filter(({ codecpar: { codecType, codecId } }) =>
    (codecType === AVMEDIA_TYPE_VIDEO && codecId === AV_CODEC_ID_H264) ||
    (codecType === AVMEDIA_TYPE_AUDIO && codecId === AV_CODEC_ID_AAC)
  );
  if (!chosen.some(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO)) {
    return "Cannot send this stream over RTMP: it has no H.264 pictures";
  }
  const dialled = await dial({ scheme, reachable, ...place });
  if ("error" in dialled) return dialled.error;
  using relay = openRelay(dialled.connection);
  const output = new FormatContext();
  const name = teeOutput({
    format: "flv",
    url: `rtmp://127.0.0.1:${relay.port}/`,
    options: {
      flvflags: "no_duration_filesize",
      rtmp_tcurl: `${scheme}://${writeHostPort(place)}/${app}`,
      rtmp_app: app,
      rtmp_playpath: key,
    },
  });
  output.allocOutputContext2(null, "tee", name);
  const places = new Map(chosen.map((stream) => {
    const place = output.newStream(null);
    stream.codecpar.copy(place.codecpar);
    place.codecpar.codecTag = 0;
    place.timeBase = stream.timeBase;
    return [stream.index, { from: stream, to: place }];
  }));
  const begun = await output.writeHeader();
  if (begun < 0) return whyRefused(begun);
  const connectedAt = systemClock.now();
  report.connected();
  return await pump();

  async function pump(): Promise<string> {
    const packet = new Packet();
    packet.alloc();
    let reportedAt = systemClock.now();
    let sent = 0;
    for (;;) {
      const read = await input.readFrame(packet);
      if (read < 0) return "The input ended";
      const place = places.get(packet.streamIndex);
      const { size } = packet;
      if (place) {
        packet.rescaleTs(place.from.timeBase, place.to.timeBase);
        packet.streamIndex = place.to.index;
        const written = await output.interleavedWriteFrame(packet);
        if (written < 0) return whyEnded(written, systemClock.now() - connectedAt);
        sent += size;
      }
      packet.unref();
      const now = systemClock.now();
      if (now - reportedAt < REPORT_PERIOD) continue;
      reportedAt = now;
      report.sent(sent);
    }
  }
}

/** Dials the server. Over RTMPS its certificate has to be valid for its name. */
async function dial(
  { scheme, host, port, reachable }: HostPort & Pick<RtmpAddress, "scheme"> & {
    readonly reachable: readonly string[];
  },
): Promise<{ readonly connection: Deno.Conn } | { readonly error: string }> {
  const tls = scheme === "rtmps";
  const target = { host, port: port ?? (tls ? RTMPS_PORT : RTMP_PORT), tls, reachable };
  try {
    const connection = await dialReachable(target, { clock: systemClock });
    if ("handshake" in connection) await (connection as Deno.TlsConn).handshake();
    return { connection };
  } catch (cause) {
    return { error: `Cannot reach the destination: ${errorText(cause)}` };
  }
}

function whyRefused(result: number): string {
  switch (result) {
    case PUBLISH_REFUSED:
      return "The server refused the stream key. Enter it again, or check that it is not in use";
    case AVERROR_UNKNOWN:
      return "The server refused the application. Check the path of the address";
    default:
      return `Cannot reach the destination: ${FFmpegError.strerror(result)}`;
  }
}

function whyEnded(result: number, after: number): string {
  const why = FFmpegError.strerror(result);
  if (after > EARLY) return `The destination ended the connection: ${why}`;
  return `The destination ended the connection right after the start (${why}). ` +
    "Many servers do so when the stream key is wrong";
}

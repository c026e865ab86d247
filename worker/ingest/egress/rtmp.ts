/**
 * Transport packets from standard input → FLV over RTMP, through FFmpeg, nothing encoded again.
 *
 * @module
 */
import { Dictionary, FFmpegError, FormatContext, InputFormat, Log, Packet } from "node-av";
import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_H264,
  AV_LOG_QUIET,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import { systemClock } from "../../../protocol/clock.ts";

/** The input's first bytes that are looked at to learn what is in it, and for how long, in microseconds. */
const PROBE_BYTES = 2_000_000n;
const PROBE_TIME = 2_000_000n;
const REPORT_PERIOD = 1_000;

/** Sends until something ends it, and tells what. FFmpeg's words for a fault never hold the address. */
export async function sendRtmp(
  url: string,
  report: { connected(): void; sent(bytes: number): void },
): Promise<string> {
  Log.setLevel(AV_LOG_QUIET);
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
    return "RTMP takes H.264 pictures, and this stream has none";
  }
  const output = new FormatContext();
  output.allocOutputContext2(null, "flv", url);
  const places = new Map(chosen.map((stream) => {
    const place = output.newStream(null);
    stream.codecpar.copy(place.codecpar);
    place.codecpar.codecTag = 0;
    return [stream.index, { from: stream, to: place }];
  }));
  const reached = await output.openOutput();
  if (reached < 0) return `Cannot reach the destination: ${FFmpegError.strerror(reached)}`;
  const begun = await output.writeHeader(
    Dictionary.fromObject({ flvflags: "no_duration_filesize" }),
  );
  if (begun < 0) return `The destination refused the stream: ${FFmpegError.strerror(begun)}`;
  report.connected();
  return await pump();

  async function pump(): Promise<string> {
    const packet = new Packet();
    packet.alloc();
    let reportedAt = systemClock.now();
    for (;;) {
      const read = await input.readFrame(packet);
      if (read < 0) return "The input ended";
      const place = places.get(packet.streamIndex);
      if (place) {
        packet.rescaleTs(place.from.timeBase, place.to.timeBase);
        packet.streamIndex = place.to.index;
        const written = await output.interleavedWriteFrame(packet);
        if (written < 0) return `The destination went away: ${FFmpegError.strerror(written)}`;
      }
      packet.unref();
      const now = systemClock.now();
      if (now - reportedAt < REPORT_PERIOD) continue;
      reportedAt = now;
      report.sent(Number(output.pbBytes));
    }
  }
}

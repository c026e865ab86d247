/**
 * FFmpeg as a publisher by WHIP: its own muxer, HTTP, ICE and DTLS, as `ffmpeg -f whip` has them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Dictionary, FFmpegError, FormatContext, Packet, Rational } from "node-av";
import { AV_CODEC_ID_H264, AV_PROFILE_H264_BASELINE, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { joinNals, NalType, nalType, splitNals } from "../../../media/annexb.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { encodeUnits } from "../media/units.ts";
import type { PublishAddress } from "./whip_publisher.ts";

/** Publishes a moving picture with 30 pictures a second until `over`. Throws when FFmpeg fails. */
export async function publishWithFfmpeg(
  { url, key }: PublishAddress,
  over: () => boolean,
): Promise<void> {
  const units = encodeUnits({ profile: "baseline", count: 60, gop: 15 });
  const parameterSets = splitNals(units[0]!.data).filter((nal) =>
    nalType(nal) === NalType.sps || nalType(nal) === NalType.pps
  );
  const output = new FormatContext();
  check("make the output", output.allocOutputContext2(null, "whip", url));
  const stream = output.newStream(null);
  const { codecpar } = stream;
  codecpar.codecType = AVMEDIA_TYPE_VIDEO;
  codecpar.codecId = AV_CODEC_ID_H264;
  codecpar.profile = AV_PROFILE_H264_BASELINE;
  codecpar.level = 31;
  codecpar.width = 160;
  codecpar.height = 96;
  codecpar.extradata = Buffer.from(joinNals(parameterSets));
  stream.timeBase = new Rational(1, 90_000);
  check("publish", await output.writeHeader(Dictionary.fromObject({ authorization: key })));
  using packet = new Packet();
  packet.alloc();
  for (let round = 0; !over(); round++) {
    for (const { data, pts } of units) {
      if (over()) break;
      packet.data = Buffer.from(data);
      packet.pts = BigInt(pts! + round * units.length * 3_000);
      packet.dts = packet.pts;
      packet.duration = 3_000n;
      packet.streamIndex = 0;
      packet.isKeyframe = splitNals(data).some((nal) => nalType(nal) === NalType.idr);
      packet.rescaleTs(new Rational(1, 90_000), stream.timeBase);
      check("send", await output.writeFrame(packet));
      packet.unref();
      await sleep(systemClock, 33);
    }
  }
  check("end the stream", await output.writeTrailer());
}

function check(what: string, result: number): void {
  if (result < 0) throw new Error(`FFmpeg cannot ${what}: ${FFmpegError.strerror(result)}`);
}

/**
 * MP4 files for tests, with a rotation and a pixel aspect in the container as phones and cameras write them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FFmpegError, FormatContext, Packet, Rational } from "node-av";
import { AV_CODEC_ID_H264, AV_PKT_DATA_DISPLAYMATRIX, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { joinNals, NalType, nalType, splitNals } from "../../../media/annexb.ts";
import { encodeUnits, type UnitOptions } from "../media/units.ts";

/** The pictures of a clip and the shape that its container names. */
export interface ClipOptions extends Partial<UnitOptions> {
  /** Degrees by which players turn the picture counter-clockwise. */
  readonly degrees?: 90 | 180 | 270;
  /** Width of a pixel : its height, in the container only. */
  readonly containerAspect?: readonly [number, number];
}

/** Writes a clip of 160 × 96 coded pixels and 30 pictures a second. */
export async function writeClip(path: string, options: ClipOptions): Promise<void> {
  const units = encodeUnits({ profile: "high", ...options });
  const parameterSets = splitNals(units[0]!.data).filter((nal) =>
    nalType(nal) === NalType.sps || nalType(nal) === NalType.pps
  );
  const output = new FormatContext();
  output.allocOutputContext2(null, "mp4", path);
  const stream = output.newStream(null);
  const { codecpar } = stream;
  codecpar.codecType = AVMEDIA_TYPE_VIDEO;
  codecpar.codecId = AV_CODEC_ID_H264;
  codecpar.width = 160;
  codecpar.height = 96;
  codecpar.extradata = Buffer.from(joinNals(parameterSets));
  if (options.containerAspect) {
    codecpar.sampleAspectRatio = new Rational(...options.containerAspect);
    stream.sampleAspectRatio = new Rational(...options.containerAspect);
  }
  if (options.degrees) {
    check(codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(options.degrees)));
  }
  stream.timeBase = new Rational(1, 90_000);
  check(await output.openOutput());
  check(await output.writeHeader());
  using packet = new Packet();
  packet.alloc();
  for (const { data, pts, dts } of units) {
    packet.data = Buffer.from(data);
    packet.pts = BigInt(pts!);
    packet.dts = BigInt(dts ?? pts!);
    packet.duration = 3_000n;
    packet.streamIndex = 0;
    packet.isKeyframe = splitNals(data).some((nal) => nalType(nal) === NalType.idr);
    packet.rescaleTs(new Rational(1, 90_000), stream.timeBase);
    check(await output.writeFrame(packet));
    packet.unref();
  }
  check(await output.writeTrailer());
  await output.closeOutput();
}

/** The nine numbers of a display matrix (ISO/IEC 14496-12 §8.3.2.3), 16.16 fixed point and 2.30 in the last column. */
function displayMatrix(degrees: number): Buffer {
  const angle = -degrees * Math.PI / 180;
  const fixed = (value: number) => Math.round(value * 65_536);
  const [cos, sin] = [fixed(Math.cos(angle)), fixed(Math.sin(angle))];
  const matrix = Buffer.alloc(36);
  [cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30].forEach((value, at) =>
    matrix.writeInt32LE(value, at * 4)
  );
  return matrix;
}

function check(result: number): void {
  if (result < 0) throw new Error(`Cannot write a clip: ${FFmpegError.strerror(result)}`);
}

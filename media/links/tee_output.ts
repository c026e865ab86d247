/**
 * Passes options to FFmpeg's output protocols. The binding opens outputs by their URL alone, and an RTMP URL cannot
 * hold every application and stream key: FFmpeg cuts the path at slashes, drops `.flv` and puts `mp4:` before others.
 * The `tee` muxer takes options beside the URL and passes them to the protocol unchanged.
 *
 * @module
 */

/** One output of FFmpeg's `tee` muxer. */
export interface TeeOutput {
  /** FFmpeg's name of the format: `flv`. */
  readonly format: string;
  readonly url: string;
  /** Options of the format and the protocol, by FFmpeg's names. */
  readonly options: Readonly<Record<string, string>>;
}

/** The file name for FFmpeg's `tee` muxer. It contains the secrets of the options: it must not be logged. */
export function teeOutput({ format, url, options }: TeeOutput): string {
  const listed = Object.entries({ f: format, ...options })
    .map(([name, value]) => `${name}=${escapeToken(value)}`);
  return escapeToken(`[${listed.join(":")}]${url}`);
}

/** A text that `av_get_token` reads back unchanged; `tee` reads its file name twice, so options are escaped twice. */
function escapeToken(text: string): string {
  return text.replace(/[\\'|:=\[\]\s]/g, (sign) => `\\${sign}`);
}

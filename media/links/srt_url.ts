/**
 * SRT addresses: what came from outside on one side, FFmpeg's `srt:` URLs with their options on the other.
 *
 * @module
 */

/** Bytes of one SRT message: seven transport packets. */
export const SRT_PAYLOAD = 1316;
/** Characters FFmpeg's option parser passes through unchanged. */
const PASSPHRASE = /^[A-Za-z0-9._~!$*,;:@/-]{10,79}$/;

export interface SrtOptions {
  readonly mode: "caller" | "listener";
  /** In milliseconds. */
  readonly latency: number;
  readonly passphrase?: string | undefined;
  /** Names the stream at a destination that takes several. */
  readonly streamId?: string | undefined;
  /** How long a caller tries to reach the other side, in milliseconds. */
  readonly connectTimeout?: number;
}

/** The URL for FFmpeg, or why there is none: a sentence that does not tell the passphrase. */
export function srtUrl(
  address: string,
  { mode, latency, passphrase, streamId, connectTimeout }: SrtOptions,
): { readonly url: string } | { readonly error: string } {
  const match = /^srt:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})\/?$/.exec(address);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) {
    return { error: `Cannot use "${address}": it must be srt://host:port` };
  }
  if (passphrase !== undefined && !PASSPHRASE.test(passphrase)) {
    return {
      error:
        "Cannot use the link's passphrase: it must be 10 to 79 letters, figures and plain signs",
    };
  }
  // FFmpeg counts these in microseconds, the time to connect in milliseconds.
  const options = new Map([["mode", mode], ["latency", String(Math.round(latency * 1000))]]);
  if (passphrase !== undefined) options.set("passphrase", passphrase);
  if (streamId !== undefined) options.set("streamid", encodeURIComponent(streamId));
  if (connectTimeout !== undefined) options.set("connect_timeout", String(connectTimeout));
  const query = [...options].map(([name, value]) => `${name}=${value}`).join("&");
  return { url: `srt://${match[1]}:${port}?${query}` };
}

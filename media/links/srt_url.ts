/**
 * Makes FFmpeg's `srt:` URLs with their options. FFmpeg percent-decodes the value of an option and reads `+` as a
 * space, so every value is percent-encoded and arrives unchanged.
 *
 * @module
 */
import { passphraseFault } from "../../protocol/addresses/destination.ts";
import { hasControls, readHostPort, writeHostPort } from "../../protocol/addresses/authority.ts";

/** Bytes of one SRT message: seven transport packets. */
export const SRT_PAYLOAD = 1316;

/** The options of one end of an SRT link. */
export interface SrtOptions {
  readonly mode: "caller" | "listener";
  /** In milliseconds. */
  readonly latency: number;
  /** Encrypts the link; 10 to 79 bytes. */
  readonly passphrase?: string | undefined;
  /** Names the stream at a destination that takes several. */
  readonly streamId?: string | undefined;
  /** How long a caller tries to reach the other side, in milliseconds. */
  readonly connectTimeout?: number;
}

/**
 * The URL for FFmpeg, or a sentence that says what is wrong with the address or the passphrase.
 *
 * The URL holds the secrets: it must not be logged. The sentence does not hold them.
 *
 * @param address `srt://host:port`
 */
export function srtUrl(
  address: string,
  { mode, latency, passphrase, streamId, connectTimeout }: SrtOptions,
): { readonly url: string } | { readonly error: string } {
  const place = readHostPort(/^srt:\/\/(.+?)\/?$/.exec(address)?.[1] ?? "");
  if (place?.port === undefined) {
    return { error: `Cannot use "${address}": it must be srt://host:port` };
  }
  const fault = passphrase === undefined ? undefined : passphraseFault(passphrase);
  if (fault) return { error: `Cannot open a link to ${address}: ${fault}` };
  if (hasControls(`${passphrase} ${streamId}`)) {
    return { error: `Cannot open a link to ${address}: a secret holds a control character` };
  }
  // FFmpeg counts the latency in microseconds, the time to connect in milliseconds.
  const options = new Map([["mode", mode], ["latency", String(Math.round(latency * 1000))]]);
  if (passphrase !== undefined) options.set("passphrase", encodeURIComponent(passphrase));
  // Bound to every IPv6 address, a listener takes IPv4 callers too; libsrt requires the choice.
  if (place.host === "[::]") options.set("ipv6only", "0");
  if (streamId !== undefined) options.set("streamid", encodeURIComponent(streamId));
  if (connectTimeout !== undefined) options.set("connect_timeout", String(connectTimeout));
  const query = [...options].map(([name, value]) => `${name}=${value}`).join("&");
  return { url: `srt://${writeHostPort(place)}?${query}` };
}

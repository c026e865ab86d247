/**
 * Where a stream may be sent on to: RTMP and SRT addresses, nothing else. What is told of one never holds its key.
 *
 * @module
 */

export type Target =
  /** `url` as FFmpeg takes it. */
  | { readonly kind: "rtmp"; readonly url: string }
  | {
    readonly kind: "srt";
    /** `srt://host:port`. */
    readonly url: string;
    readonly streamId: string | undefined;
    readonly passphrase: string | undefined;
    /** In milliseconds. */
    readonly latency: number;
  };

const DEFAULT_LATENCY = 200;
const MAX_LATENCY = 30_000;

/** Reads an address, or tells in a sentence why it is none; the sentence shows the host at most. */
export function readTarget(text: string): Target | { readonly error: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === "") {
    return { error: "Cannot send to this destination: its address cannot be read" };
  }
  switch (url.protocol) {
    case "rtmp:":
    case "rtmps:":
      return { kind: "rtmp", url: text };
    case "srt:": {
      const latency = Number(url.searchParams.get("latency") ?? DEFAULT_LATENCY);
      return {
        kind: "srt",
        url: `srt://${url.host}`,
        streamId: url.searchParams.get("streamid") ?? undefined,
        passphrase: url.searchParams.get("passphrase") ?? undefined,
        latency: latency >= 20 && latency <= MAX_LATENCY ? latency : DEFAULT_LATENCY,
      };
    }
    default: {
      const kind = url.protocol.slice(0, -1);
      return { error: `Cannot send to a destination of kind "${kind}": it must be rtmp or srt` };
    }
  }
}

/** An address as it may be told: without path, key and passphrase. */
export function publicAddress(text: string): string {
  if (!URL.canParse(text)) return "a destination";
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}`;
}

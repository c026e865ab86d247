/**
 * Offers of programs that signal over HTTP, as a browser writes them, cut to what matters.
 *
 * @module
 */

const SESSION = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0 1",
  "a=msid-semantic: WMS",
];

function transport(mid: string): string[] {
  return [
    "c=IN IP4 0.0.0.0",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789abcdef01234567",
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
    "a=setup:actpass",
    `a=mid:${mid}`,
    "a=rtcp-mux",
  ];
}

/** The lines of an offer that watches, or with `sendonly` publishes. */
export function offerLines(direction: "recvonly" | "sendonly" = "recvonly"): string[] {
  return [
    ...SESSION,
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
    ...transport("0"),
    `a=${direction}`,
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:0 PCMU/8000",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 105",
    ...transport("1"),
    `a=${direction}`,
    "a=candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host",
    "a=rtpmap:96 VP8/90000",
    "a=rtcp-fb:96 nack",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:102 H264/90000",
    "a=rtcp-fb:102 nack pli",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f",
    "a=rtpmap:103 rtx/90000",
    "a=fmtp:103 apt=102",
    "a=rtpmap:104 H264/90000",
    "a=rtcp-fb:104 nack pli",
    "a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=rtpmap:105 rtx/90000",
    "a=fmtp:105 apt=104",
  ];
}

/** An offer as text, with each line changed, or left out where `change` returns nothing. */
export function offerWith(
  change: (line: string) => string | undefined = (line) => line,
  direction: "recvonly" | "sendonly" = "recvonly",
): string {
  return offerLines(direction).flatMap((line) => change(line) ?? []).join("\r\n") + "\r\n";
}

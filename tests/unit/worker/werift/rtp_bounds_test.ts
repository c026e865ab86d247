import { equal } from "node:assert/strict";
import fc from "fast-check";
import { isBoundedRtp } from "../../../../worker/werift/rtp_bounds.ts";
import { SourceFilter } from "../../../../worker/werift/source_filter.ts";
import { connectivityCheck } from "../../../support/media/connectivity_check.ts";

/** A packet of RTP with an extension that says it has so many words, and has `bytes`. */
function packetOf(
  { words, bytes, sources = 0 }: { words: number; bytes: number; sources?: number },
) {
  return Uint8Array.from([
    ...[0x90 | sources, 111, ...new Uint8Array(10 + 4 * sources)],
    ...[0xbe, 0xde, words >> 8, words & 255, ...new Uint8Array(bytes).fill(0x10)],
  ]);
}

Deno.test("[PEE23] RTP passes with the extension that it says, and other datagrams do", () => {
  equal(isBoundedRtp(packetOf({ words: 3, bytes: 12 })), true);
  equal(isBoundedRtp(packetOf({ words: 3, bytes: 500, sources: 2 })), true);
  equal(isBoundedRtp(Uint8Array.of(0x80, 111, ...new Uint8Array(10))), true);
  // RTCP, DTLS, and nothing.
  equal(isBoundedRtp(Uint8Array.of(0x90, 201, 0, 1)), true);
  equal(isBoundedRtp(Uint8Array.of(22, 254, 253)), true);
  equal(isBoundedRtp(new Uint8Array()), true);
});

Deno.test("[PEE23] RTP whose extension goes beyond its end, or is very long, is dropped", () => {
  equal(isBoundedRtp(packetOf({ words: 0xffff, bytes: 44 })), false);
  equal(isBoundedRtp(packetOf({ words: 4, bytes: 12 })), false);
  equal(isBoundedRtp(packetOf({ words: 65, bytes: 1_000 })), false);
  equal(isBoundedRtp(Uint8Array.of(0x9f, 111, ...new Uint8Array(20))), false);
  equal(isBoundedRtp(Uint8Array.of(0x90, 111)), false);
  const credentials = { name: "abcd", password: "0123456789abcdef012345" };
  const filter = new SourceFilter(() => credentials);
  filter.accepts(connectivityCheck(credentials), "192.0.2.1:5000");
  equal(filter.accepts(packetOf({ words: 1, bytes: 4 }), "192.0.2.1:5000"), true);
  equal(filter.accepts(packetOf({ words: 2, bytes: 4 }), "192.0.2.1:5000"), false);
});

Deno.test("[PEE23] any bytes are taken", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (datagram) => {
    isBoundedRtp(datagram);
  }));
});

import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { PACKET_SIZE, SYNC } from "../../../../../media/mpegts/packet.ts";
import { cutPackets } from "../../../../../worker/ingest/egress/packet_pipe.ts";

/** The bytes that come out for these chunks; every part consists of whole packets. */
function cut(chunks: readonly Uint8Array[]): number[] {
  const out: number[] = [];
  const push = cutPackets((packets) => {
    ok(packets.length > 0 && packets.length % PACKET_SIZE === 0);
    out.push(...packets);
  });
  for (const chunk of chunks) push(chunk);
  return out;
}

const packet = fc.uint8Array({ minLength: PACKET_SIZE - 1, maxLength: PACKET_SIZE - 1 })
  .map((rest) => Uint8Array.of(SYNC, ...rest));

Deno.test("[EGR9] packets that a pipe cuts anywhere come out whole, in order and complete", () => {
  fc.assert(fc.property(
    fc.array(packet, { maxLength: 6 }),
    fc.array(fc.nat(6 * PACKET_SIZE), { maxLength: 8 }),
    (packets, cuts) => {
      const all = packets.flatMap((each) => [...each]);
      const bounds = [0, ...cuts.map((at) => Math.min(at, all.length)).sort((a, b) => a - b)];
      const chunks = bounds.map((from, n) => Uint8Array.from(all.slice(from, bounds[n + 1])));
      deepEqual(cut(chunks), all);
    },
  ));
});

Deno.test("[EGR9] bytes outside of packets are left out", () => {
  const packet = Uint8Array.from({ length: PACKET_SIZE }, (_, n) => n === 0 ? SYNC : 1);
  const noise = Uint8Array.of(1, 2, 3);
  deepEqual(cut([noise, packet, noise, packet]), [...packet, ...packet]);
});

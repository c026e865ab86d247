import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  BURST,
  CHUNK,
  MOST_CHUNKS,
  PACE,
  PacketPacer,
} from "../../../../worker/sending/packet_pacer.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const sent: { packet: string; at: number }[] = [];
  /** How many packets each call sent. */
  const calls: number[] = [];
  const pacer = new PacketPacer<string>(clock, (packets) => {
    calls.push(packets.length);
    sent.push(...packets.map((packet) => ({ packet, at: clock.now() })));
  });
  const picture = (name: string, { size }: { size: number }) =>
    Array.from({ length: size }, (_, index) => `${name}${index}`);
  return { clock, sent, calls, pacer, picture };
}

Deno.test("[PAC1] a small picture is sent at once, and no packet waits", () => {
  const { clock, sent, pacer, picture } = setup();
  equal(pacer.push(picture("a", { size: BURST })), true);
  equal(sent.length, BURST);
  equal(clock.pending, 0);
});

Deno.test("[PAC2] the packets of a large picture are spread over time", () => {
  const { clock, sent, pacer, picture } = setup();
  pacer.push(picture("a", { size: BURST + 2 * CHUNK + 1 }));
  const counts = [0, 1, 2, 3].map((step) => {
    if (step > 0) clock.advance(PACE);
    return sent.length;
  });
  deepEqual(counts, [BURST, BURST + CHUNK, BURST + 2 * CHUNK, BURST + 2 * CHUNK + 1]);
  equal(clock.pending, 0);
});

Deno.test("[PAC2] the packets of any picture are sent in order within 12 ms, before the next picture at 60 a second", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2000 }), (size) => {
    const { clock, sent, pacer, picture } = setup();
    const packets = picture("a", { size });
    pacer.push(packets);
    clock.advance(1000 / 60);
    deepEqual(sent.map(({ packet }) => packet), packets);
    ok((sent.at(-1)?.at ?? 0) <= MOST_CHUNKS * PACE);
  }));
});

Deno.test("[PAC3] a picture that comes early waits until the picture before is sent", () => {
  const { clock, sent, pacer, picture } = setup();
  const first = picture("a", { size: BURST + 3 });
  const second = picture("b", { size: 2 });
  pacer.push(first);
  equal(pacer.push(second), true);
  clock.advance(PACE);
  deepEqual(sent.map(({ packet }) => packet), [...first, ...second]);
});

Deno.test("[PAC4] while two pictures wait, a third is refused and none of its packets is sent", () => {
  const { clock, sent, pacer, picture } = setup();
  const large = { size: BURST + 5 };
  deepEqual(["a", "b", "c"].map((name) => pacer.push(picture(name, large))), [true, true, false]);
  clock.advance(100);
  equal(sent.length, 2 * large.size);
  equal(pacer.push(picture("d", large)), true);
});

Deno.test("[PAC5] disposing drops the waiting packets", () => {
  const { clock, sent, pacer, picture } = setup();
  pacer.push(picture("a", { size: 100 }));
  pacer[Symbol.dispose]();
  clock.advance(100);
  equal(sent.length, BURST);
  equal(clock.pending, 0);
});

Deno.test("[PAC6] retransmissions are sent before the waiting packets, and large numbers of them are spread too", () => {
  const { clock, sent, pacer, picture } = setup();
  pacer.push(picture("a", { size: BURST + CHUNK }));
  pacer.repair(["r0", "r1"]);
  equal(sent.length, BURST);
  clock.advance(PACE);
  deepEqual(sent.slice(BURST, BURST + 3).map(({ packet }) => packet), ["r0", "r1", `a${BURST}`]);
  clock.advance(PACE);
  equal(sent.length, BURST + CHUNK + 2);
  pacer.repair(picture("s", { size: BURST + 1 }));
  pacer.push(["b0"]);
  equal(sent.length, 2 * BURST + CHUNK + 2);
  clock.advance(PACE);
  deepEqual(sent.slice(-2).map(({ packet }) => packet), [`s${BURST}`, "b0"]);
  equal(clock.pending, 0);
});

Deno.test("[PAC7] packets that are due at the same time are passed on together, never none", () => {
  const { clock, calls, pacer, picture } = setup();
  pacer.push(picture("a", { size: BURST + CHUNK + 3 }));
  pacer.repair(["r0", "r1"]);
  pacer.push(picture("b", { size: 1 }));
  pacer.repair([]);
  clock.advance(100);
  deepEqual(calls, [BURST, CHUNK, 6]);
  pacer.push([]);
  pacer.repair([]);
  equal(calls.length, 3);
});

/** What a hostile browser sends on its data channels costs its room a bounded time and a bounded memory. */
import { Buffer } from "node:buffer";
import { deepEqual, equal, ok } from "node:assert/strict";
import { CHANNELS } from "../../../../protocol/control/channels.ts";
import { boundSctp, MOST_WAITING } from "../../../../worker/werift/sctp/bounds.ts";
import { countChunks } from "../../../../worker/werift/sctp/packets.ts";
import { createConnection } from "../../../../worker/werift/settings.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const FIRST = 2;
const LAST = 1;
const UNORDERED = 4;
const { id: COMMANDS } = CHANNELS.commands;
/** The number before that of the first chunk. */
const BEFORE = 2_000_000_000;

interface Chunk {
  /** Counts from 1. */
  readonly tsn: number;
  readonly streamId?: number;
  readonly flags: number;
  readonly streamSeqNum?: number;
  readonly bytes?: number;
}

/** A peer that has received every number up to {@linkcode BEFORE}, the messages that its channels got, and how often it was ended. */
async function setup() {
  const clock = new FakeClock();
  const { pc, channels } = createConnection({ iceServers: [], extraAddresses: [] });
  const received: number[] = [];
  for (const channel of channels.values()) {
    channel.onMessage.subscribe((data) => void received.push(data.length));
  }
  const seen = { exceeded: 0, handled: 0 };
  const { sctp } = pc.sctpTransport!;
  const inside = sctp as unknown as {
    lastReceivedTsn: number;
    inboundStreams: Record<number, { reassembly: unknown[] }>;
    sackMisOrdered: Set<number>;
    handleData(packet: Buffer): Promise<void>;
    receiveDataChunk(chunk: object): void;
  };
  inside.handleData = () => Promise.resolve(void seen.handled++);
  boundSctp(pc.sctpTransport!, { clock, exceeded: () => void seen.exceeded++ });
  inside.lastReceivedTsn = BEFORE;
  const take = ({ tsn, streamId = COMMANDS, streamSeqNum = 0, bytes = 1, flags }: Chunk) =>
    inside.receiveDataChunk({
      ...{ tsn: BEFORE + tsn, flags, streamId, streamSeqNum, protocol: 53 },
      userData: Buffer.alloc(bytes),
    });
  const waiting = () =>
    Object.values(inside.inboundStreams).reduce(
      (sum, { reassembly }) => sum + reassembly.length,
      0,
    );
  await using closing = new AsyncDisposableStack();
  closing.defer(() => pc.close());
  const close = closing.move();
  return {
    clock,
    inside,
    seen,
    received,
    take,
    waiting,
    [Symbol.asyncDispose]: () => close.disposeAsync(),
  };
}

/** A packet of these chunks: type, and what follows its length. */
function packetOf(
  ...chunks: readonly (readonly [type: number, body: Uint8Array, length?: number])[]
) {
  return Buffer.concat([
    new Uint8Array(12),
    ...chunks.flatMap(([type, body, length = 4 + body.length]) => [
      Uint8Array.of(type, 0, length >> 8, length & 255),
      body,
      new Uint8Array((4 - body.length % 4) % 4),
    ]),
  ]);
}

function sack(gaps: readonly (readonly [number, number])[], { repeats = 0 } = {}): Uint8Array {
  const body = Buffer.alloc(12 + 4 * gaps.length);
  body.writeUInt16BE(gaps.length, 8);
  body.writeUInt16BE(repeats, 10);
  for (const [at, [first, last]] of gaps.entries()) {
    body.writeUInt16BE(first, 12 + 4 * at);
    body.writeUInt16BE(last, 14 + 4 * at);
  }
  return body;
}

Deno.test("[PEE23] what a browser sends in one packet is counted", () => {
  const data = new Uint8Array(13);
  const parameter = Uint8Array.of(0, 1, 0, 6, 9, 9, 0, 0);
  equal(countChunks(packetOf([0, data])), 1);
  equal(countChunks(packetOf([3, sack([[2, 3], [5, 9]])], [0, data], [0, data])), 3);
  equal(countChunks(packetOf([1, Buffer.concat([new Uint8Array(16), parameter])])), 1);
  for (const type of [4, 5, 6, 9, 130]) equal(countChunks(packetOf([type, parameter])), 1);
  equal(countChunks(packetOf([10, new Uint8Array(24)], [0, data])), 2);
  equal(countChunks(packetOf([192, new Uint8Array(8)])), 1);
});

Deno.test("[PEE23] a packet that would be read for ever, or for long, is none", () => {
  const data = new Uint8Array(13);
  const init = new Uint8Array(16);
  const endless = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0);
  const packets = {
    "a chunk without a length": packetOf([11, new Uint8Array(), 0]),
    "a chunk of three bytes": packetOf([14, new Uint8Array(), 3]),
    "a chunk beyond the packet": packetOf([10, new Uint8Array(4), 900]),
    "an empty message": packetOf([0, new Uint8Array(12)]),
    "a parameter without a length": packetOf([4, endless]),
    "a parameter of INIT without a length": packetOf([1, Buffer.concat([init, endless])]),
    "a parameter beyond its chunk": packetOf([130, Uint8Array.of(0, 13, 0, 90)]),
    "wide gaps": packetOf([3, sack([[1, 65_535]])]),
    "the same gap again and again": packetOf([
      3,
      sack(Array.from({ length: 200 }, () => [1, 900])),
    ]),
    "a gap that ends before it begins": packetOf([3, sack([[9, 3]])]),
    "more repeats than there are": packetOf([3, sack([], { repeats: 60_000 })]),
    "too many chunks": packetOf(...Array.from({ length: 65 }, () => [0, data] as const)),
    "an unknown chunk": packetOf([77, data]),
    "nothing": new Uint8Array(12),
    "less than a header": new Uint8Array(3),
  };
  for (const [what, packet] of Object.entries(packets)) equal(countChunks(packet), undefined, what);
});

Deno.test("[PEE23] a packet that cannot be one of a browser is dropped, and a flood ends its connection alone", async () => {
  await using peer = await setup();
  const { inside, seen, clock } = peer;
  await inside.handleData(packetOf([11, new Uint8Array(), 0]));
  deepEqual(seen, { handled: 0, exceeded: 0 });
  for (let second = 0; second < 10; second++) {
    for (let n = 0; n < 1_000; n++) await inside.handleData(packetOf([0, new Uint8Array(20)]));
    await clock.run(1_000);
  }
  deepEqual(seen, { handled: 10_000, exceeded: 0 }, "what a busy browser sends");
  for (let n = 0; n < 20_000; n++) await inside.handleData(packetOf([0, new Uint8Array(20)]));
  equal(seen.exceeded, 1);
  ok(seen.handled <= 16_001, `${seen.handled} were taken`);
});

Deno.test("[PEE23] a message that never ends, and numbers that leave gaps, take a bounded memory", async () => {
  for (const bytes of [1, 1_000]) {
    await using peer = await setup();
    peer.take({ tsn: 1, flags: FIRST, bytes });
    for (let tsn = 2; tsn < 10_000; tsn++) peer.take({ tsn, flags: 0, bytes });
    equal(peer.seen.exceeded, 1);
    ok(peer.waiting() <= 2 * MOST_WAITING + 1);
  }
  for (const flags of [FIRST, FIRST | LAST, FIRST | LAST | UNORDERED]) {
    await using peer = await setup();
    for (let n = 1; n < 5_000; n++) peer.take({ tsn: 2 * n, flags, streamSeqNum: n });
    equal(peer.seen.exceeded, 0);
    ok(peer.waiting() <= MOST_WAITING && peer.inside.sackMisOrdered.size <= MOST_WAITING);
  }
});

Deno.test("[PEE23] what waited for a lost packet is taken once that comes, however much was dropped", async () => {
  await using peer = await setup();
  const whole = (tsn: number) => peer.take({ tsn, flags: FIRST | LAST, streamSeqNum: tsn - 1 });
  for (let tsn = 2; tsn < 3_000; tsn++) whole(tsn);
  equal(peer.received.length, 0);
  whole(1);
  equal(peer.received.length, MOST_WAITING + 1);
  for (let tsn = MOST_WAITING + 2; tsn < 3_000; tsn++) whole(tsn);
  equal(peer.received.length, 2_999);
  equal(peer.seen.exceeded, 0);
});

Deno.test("[PEE23] streams that no channel has hold nothing", async () => {
  await using peer = await setup();
  for (let streamId = 0; streamId < 2_000; streamId++) {
    peer.take({ tsn: streamId + 1, streamId, flags: FIRST });
  }
  ok(Object.keys(peer.inside.inboundStreams).length <= 5);
});

Deno.test("[PEE23] a message on a stream that no channel has is acknowledged, and the channels go on", async () => {
  await using peer = await setup();
  for (let tsn = 1; tsn <= 3_000; tsn++) {
    const isKnown = tsn % 2 === 0;
    peer.take({
      ...{ tsn, flags: FIRST | LAST, bytes: 1_000 },
      ...(isKnown ? { streamSeqNum: tsn / 2 - 1 } : { streamId: 77 }),
    });
  }
  equal(peer.received.length, 1_500);
  equal(peer.seen.exceeded, 0);
});

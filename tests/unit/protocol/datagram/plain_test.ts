import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import { linkOptions } from "../../../../protocol/datagram/options.ts";
import type { Packet } from "../../../../protocol/datagram/packet.ts";
import { MAX_PLAIN_LINKS, PlainListener } from "../../../../protocol/datagram/plain/listener.ts";
import {
  createPlainWire,
  decodePlainConnect,
  decodePlainConnectAck,
  encodePlain,
  encodePlainConnect,
  encodePlainConnectAck,
} from "../../../../protocol/datagram/plain/packet.ts";
import type { Address } from "../../../../protocol/datagram/ports.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { PERFECT } from "../../../support/datagram/network.ts";
import { PlainPair } from "../../../support/datagram/plain_pair.ts";
import { DEVICE, Inbox, WORKER } from "../../../support/datagram/sealed_pair.ts";
import vectors from "../../../vectors/datagram_plain.json" with { type: "json" };

const hi = new TextEncoder().encode("hi");
const PACKETS: Readonly<Record<string, { packet: Packet; link: number }>> = {
  data: {
    packet: { type: "data", number: 7, batch: 2, first: true, last: true, payload: hi },
    link: 0xaabbccdd,
  },
  ack: { packet: { type: "ack", next: undefined, numbers: [7] }, link: 0x11223344 },
  repeat: { packet: { type: "repeat", numbers: [5, 6] }, link: 0x11223344 },
  ping: { packet: { type: "ping", count: 0 }, link: 0xaabbccdd },
  pong: { packet: { type: "pong", count: 0 }, link: 0x11223344 },
  direct: { packet: { type: "direct", payload: hi }, link: 0xaabbccdd },
  close: { packet: { type: "close", reason: "done" }, link: 0xaabbccdd },
};

for (const { name, hex } of vectors.packets) {
  Deno.test(`[RUD23] the plain ${name} has its bytes`, () => {
    const { packet, link } = PACKETS[name]!;
    equal(encodePlain(packet, link)!.toHex(), hex);
    const opened = createPlainWire({ theirs: 0, ours: link }).open(Uint8Array.fromHex(hex));
    deepEqual("packet" in opened && opened.packet, packet);
  });
}

Deno.test("[RUD23] connect and connect-ack have their bytes, and the shorter form is read", () => {
  const connect = { port: 5_000, link: 0x11223344, receiveBuffer: 1_000_000 };
  equal(encodePlainConnect(connect).toHex(), vectors.connect);
  deepEqual(decodePlainConnect(Uint8Array.fromHex(vectors.connect)), connect);
  deepEqual(decodePlainConnect(Uint8Array.fromHex(vectors.connectWithoutBuffer)), {
    ...connect,
    receiveBuffer: 65_536,
  });
  const ack = { link: 0x11223344, own: 0xaabbccdd, receiveBuffer: 65_536 };
  equal(encodePlainConnectAck(ack).toHex(), vectors.connectAck);
  for (const hex of [vectors.connectAck, vectors.connectAckWithoutBuffer]) {
    deepEqual(decodePlainConnectAck(Uint8Array.fromHex(hex)), ack);
  }
});

Deno.test("[RUD9] no bytes make the plain decoders throw", () => {
  const wire = createPlainWire({ theirs: 0, ours: 0 });
  fc.assert(fc.property(fc.nat(12), fc.uint8Array({ maxLength: 60 }), (type, rest) => {
    const datagram = Uint8Array.of(type, 0, 0, 0, 0, ...rest);
    wire.open(datagram);
    wire.open(rest);
    decodePlainConnect(datagram);
    decodePlainConnectAck(datagram);
  }));
});

Deno.test("[RUD24] batches arrive whole and in order, each packet acknowledged by itself", () => {
  const conditions = { ...PERFECT, loss: 0.2, duplication: 0.1, jitter: 30 };
  const pair = new PlainPair({ conditions }).open();
  const batches = Array.from({ length: 20 }, (_, n) => new Uint8Array(n * 150).fill(n));
  for (const batch of batches) pair.device.link.send(batch, pair.now);
  pair.run(60_000, () => pair.worker.batches.length === batches.length);
  deepEqual(pair.worker.batches, batches);
  const acks = pair.sent.filter(({ datagram, from }) => from === WORKER && datagram[0] === 6);
  ok(acks.every(({ datagram }) => datagram.length === 9) && acks.length >= batches.length);
});

Deno.test("[RUD24] the answer to a connect goes to the port that it names", () => {
  const { listener, sent } = lonelyListener();
  const connect = encodePlainConnect({ port: 5_000, link: 1, receiveBuffer: 65_536 });
  listener.receive(connect, { host: "192.0.2.7", port: 40_000 }, 0 as Millis);
  deepEqual(sent.map(({ to }) => to), [{ host: "192.0.2.7", port: 5_000 }]);
});

Deno.test("[RUD25] ten thousand connects open 16 links, and repeated ones get the same answer", () => {
  const { listener, sent } = lonelyListener();
  for (let n = 0; n < 10_000; n++) {
    const connect = encodePlainConnect({ port: 5_000, link: n, receiveBuffer: 65_536 });
    listener.receive(connect, DEVICE, 0 as Millis);
  }
  deepEqual(listener.figures, { links: MAX_PLAIN_LINKS, refused: 10_000 - MAX_PLAIN_LINKS });
  const again = encodePlainConnect({ port: 5_000, link: 3, receiveBuffer: 65_536 });
  listener.receive(again, DEVICE, 0 as Millis);
  deepEqual(sent.at(-1)!.datagram, sent[3]!.datagram);
});

function lonelyListener() {
  const sent: { datagram: Uint8Array; to: Address }[] = [];
  const listener = new PlainListener({
    options: linkOptions(),
    random: new SeededRandom(4),
    opened: () => new Inbox().events,
    transmit: (datagram, to) => void sent.push({ datagram, to }),
  });
  return { listener, sent };
}

/**
 * What the protocol _reliable-udp_ says, statement by statement. Packets are looked at in the plain profile, where they
 * are readable; what both profiles share is checked in both. The differences are those of decision 0180.
 *
 * @module
 */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { Millis } from "../../../protocol/clock.ts";
import { LINK_DEFAULTS, type LinkOptions } from "../../../protocol/datagram/options.ts";
import { PACKET_CODES } from "../../../protocol/datagram/packet.ts";
import {
  decodePlainConnect,
  encodePlainConnect,
  PLAIN_CONNECT,
  PLAIN_CONNECT_ACK,
} from "../../../protocol/datagram/plain/packet.ts";
import type { Address } from "../../../protocol/datagram/ports.ts";
import { PERFECT } from "../../support/datagram/network.ts";
import { PlainPair } from "../../support/datagram/plain_pair.ts";
import { DEVICE, SealedPair, WORKER } from "../../support/datagram/sealed_pair.ts";
import { testStatements } from "../../support/statements/statements.ts";

type Pair = PlainPair | SealedPair;

const { data: DATA, ack: ACK, repeat: REPEAT, close: CLOSE, direct: DIRECT, ping: PING } =
  PACKET_CODES;
const BROKEN = { ...PERFECT, loss: 1 };

testStatements([
  ["RUD1", "one end listens and the other begins, by a connect that it repeats", () => {
    const pair = new PlainPair({ conditions: BROKEN });
    pair.run(1_200);
    deepEqual(codes(pair, DEVICE), [PLAIN_CONNECT, PLAIN_CONNECT, PLAIN_CONNECT]);
    deepEqual(codes(pair, WORKER), []);
    pair.network.conditions = PERFECT;
    pair.open();
    equal(pair.worker.links.length, 1);
  }],
  [
    "RUD4",
    "the end that begins waits for the acknowledgement of its connect, and not for ever",
    () => {
      for (const pair of both({ connectionTimeout: 2_000 }, BROKEN)) {
        pair.run(1_999);
        deepEqual(pair.device.ends, []);
        pair.run(2);
        deepEqual([pair.device.ends, pair.device.links], [["unanswered"], []]);
      }
    },
  ],
  ["RUD24", "the acknowledgement goes to the port that the connect names", () => {
    const pair = new PlainPair();
    const connect = encodePlainConnect({ port: 5_000, link: 9, receiveBuffer: 65_536 });
    pair.listener.receive(connect, { host: "192.0.2.9", port: 41_000 }, pair.now);
    const answer = pair.sent.at(-1)!;
    deepEqual(answer.to, { host: "192.0.2.9", port: 5_000 });
    equal(answer.datagram[0], PLAIN_CONNECT_ACK);
    equal(decodePlainConnect(pair.sent[0]!.datagram)?.port, DEVICE.port);
  }],
  // Behind a NAT the port of the connect says nothing, so a sealed answer goes where the connect came from.
  ["RUD8", "a sealed acknowledgement goes to the address of the connect", () => {
    const pair = new SealedPair();
    pair.recording = [];
    pair.open();
    const answers = pair.recording.filter(({ from }) => from === WORKER);
    ok(answers.length >= 2 && answers.every(({ to }) => to.port === DEVICE.port));
  }],
  ["RUD1", "with the acknowledgement the connection stands, and data may flow", () => {
    for (const pair of both()) {
      equal(pair.device.link.send(bytes(3), pair.now), undefined);
      pair.run(100);
      deepEqual(pair.worker.batches, [bytes(3)]);
    }
  }],
  ["RUD10", "once it stands it does not matter who began: everything works both ways", () => {
    for (const pair of both()) {
      for (const [from, to] of [[pair.device, pair.worker], [pair.worker, pair.device]] as const) {
        from.link.send(bytes(3_000), pair.now);
        from.link.direct(bytes(8));
        pair.run(200);
        deepEqual([to.batches, to.direct], [[bytes(3_000)], [bytes(8)]]);
      }
      pair.worker.link.close("done");
      pair.run(100);
      deepEqual(pair.device.ends, ["done"]);
    }
  }],
  ["RUD10", "a stream is cut into batches, and one batch is one message of the program", () => {
    for (const pair of both()) {
      const messages = [bytes(1), bytes(5_000), bytes(0), bytes(40)];
      for (const message of messages) pair.device.link.send(message, pair.now);
      pair.run(500);
      deepEqual(pair.worker.batches, messages);
    }
  }],
  ["RUD5", "ten thousand bytes make a batch of about ten packets", () => {
    const pair = new PlainPair().open();
    pair.device.link.send(bytes(10_000), pair.now);
    pair.run(200);
    const packets = dataOf(pair);
    ok(packets.length >= 8 && packets.length <= 11, `${packets.length} packets`);
    ok(packets.every(({ batch }) => batch === packets[0]!.batch));
    deepEqual(packets.filter(({ flags }) => flags & 1).length, 1);
  }],
  ["RUD11", "a data packet is answered by an acknowledgement with its number", () => {
    const pair = new PlainPair().open();
    pair.device.link.send(bytes(100), pair.now);
    pair.run(100);
    const acks = pair.sent.filter(({ datagram, from }) => from === WORKER && datagram[0] === ACK);
    deepEqual(acks.map(({ datagram }) => u32(datagram, 5)), [dataOf(pair)[0]!.number]);
  }],
  ["RUD16", "a packet that was acknowledged is dropped from memory", () => {
    for (const pair of both()) {
      pair.device.link.send(bytes(5_000), pair.now);
      ok(pair.device.link.stats.heldBytes >= 5_000);
      pair.run(500);
      const { heldBytes, flyingBytes } = pair.device.link.stats;
      deepEqual({ heldBytes, flyingBytes }, { heldBytes: 0, flyingBytes: 0 });
    }
  }],
  ["RUD15", "each acknowledgement lets the next packet go, of this batch or the next one", () => {
    for (const pair of both()) {
      for (let n = 0; n < 4; n++) pair.device.link.send(bytes(40_000), pair.now);
      const before = pair.device.link.stats.sentPackets;
      ok(pair.device.link.stats.flyingBytes < 160_000, "all of it left at once");
      pair.run(5_000, () => pair.worker.batches.length === 4);
      ok(pair.device.link.stats.sentPackets - before > 50);
      equal(pair.worker.batches.length, 4);
    }
  }],
  [
    "RUD13",
    "a packet without an acknowledgement is sent again, at the latest after delivery_timeout",
    () => {
      for (const pair of both({ deliveryTimeout: 300, pingInterval: 60_000, maxAttempts: 100 })) {
        pair.network.conditions = BROKEN;
        pair.device.link.send(bytes(100), pair.now);
        pair.run(3_000);
        ok(pair.device.link.stats.resentPackets >= 9, `${pair.device.link.stats.resentPackets}`);
        pair.network.conditions = PERFECT;
        pair.run(400);
        deepEqual(pair.worker.batches, [bytes(100)]);
      }
    },
  ],
  ["RUD13", "a packet that was acknowledged in time is not sent again", () => {
    for (const pair of both()) {
      for (let n = 0; n < 20; n++) {
        pair.device.link.send(bytes(500), pair.now);
        pair.run(50);
      }
      pair.run(10_000);
      equal(pair.device.link.stats.resentPackets, 0);
    }
  }],
  ["RUD10", "the program gets a message once all of its packets are there, and not before", () => {
    for (const pair of both()) {
      pair.device.link.send(bytes(2_000), pair.now);
      pair.run(9);
      deepEqual(pair.worker.batches, []);
      pair.run(50);
      deepEqual(pair.worker.batches, [bytes(2_000)]);
    }
  }],
  ["RUD12", "a receiver that sees a gap in the numbers asks for what is missing", () => {
    const pair = new PlainPair().open();
    sendThree(pair);
    const repeats = pair.sent.filter(({ datagram, from }) =>
      from === WORKER && datagram[0] === REPEAT
    );
    deepEqual(repeats.map(({ datagram }) => u32(datagram, 5)), [1]);
    equal(pair.worker.batches.length, 3);
  }],
  ["RUD12", "what is asked for is sent again at once, under its number", () => {
    const pair = new PlainPair().open();
    sendThree(pair);
    deepEqual(dataOf(pair).map(({ number }) => number), [0, 1, 2, 1]);
    equal(pair.device.link.stats.resentPackets, 1);
  }],
  ["RUD10", "numbers of data packets count up by one, across batches", () => {
    const pair = new PlainPair().open();
    for (let n = 0; n < 3; n++) pair.device.link.send(bytes(2_500), pair.now);
    pair.run(200);
    const numbers = dataOf(pair).map(({ number }) => number);
    deepEqual(numbers, numbers.map((_, at) => at));
    equal(numbers.length, 9);
  }],
  // A repetition keeps its number, so that it says which packet it is; the sequence number of its datagram grows.
  [
    "RUD7",
    "each sending of a sealed datagram counts up, repetitions too, which shows losses",
    () => {
      const pair = new SealedPair().open();
      pair.run(100);
      pair.recording = [];
      sendThree(pair);
      const sequences = pair.recording.filter(({ to }) => to === WORKER)
        .map(({ datagram }) => u32(datagram, 7));
      ok(sequences.every((sequence, at) => at === 0 || sequence > sequences[at - 1]!));
      equal(sequences[1]! - sequences[0]!, 2, "the lost datagram has a number");
    },
  ],
  ["RUD20", "numbers of batches count up by one, so that each packet names its message", () => {
    const pair = new PlainPair().open();
    for (let n = 0; n < 300; n++) {
      pair.device.link.send(bytes(2), pair.now);
      pair.run(5);
    }
    pair.run(200);
    deepEqual(
      dataOf(pair).map(({ batch }) => batch),
      Array.from({ length: 300 }, (_, n) => n & 255),
    );
    equal(pair.worker.batches.length, 300);
  }],
  ["RUD17", "an idle end sends a ping, either end", () => {
    const pair = new PlainPair().open();
    pair.run(5_000);
    ok(codes(pair, DEVICE).includes(PING) && codes(pair, WORKER).includes(PING));
  }],
  ["RUD17", "an end that gets packets sends no ping", () => {
    const pair = new PlainPair().open();
    for (let n = 0; n < 50; n++) {
      pair.worker.link.direct(bytes(1));
      pair.run(100);
    }
    ok(!codes(pair, DEVICE).includes(PING));
  }],
  ["RUD17", "pings are ping_interval apart", () => {
    const pair = new PlainPair({ options: { pingInterval: 700, pingPacketCount: 20 } }).open();
    pair.network.conditions = BROKEN;
    pair.run(10_000);
    const times = pair.sent.filter(({ datagram, from }) => from === DEVICE && datagram[0] === PING)
      .map(({ at }) => at);
    ok(times.length > 10);
    ok(times.every((at, n) => n === 0 || at - times[n - 1]! === 700), times.join(" "));
  }],
  ["RUD17", "a ping is acknowledged by the other end, with its count", () => {
    const pair = new PlainPair().open();
    const from = pair.sent.length;
    pair.run(5_500);
    const sent = pair.sent.slice(from).map(({ datagram }) => datagram);
    const of = (code: number) => sent.filter(([first]) => first === code);
    deepEqual(of(PACKET_CODES.pong).map((pong) => pong[5]), of(PING).map((ping) => ping[5]));
    ok(of(PING).length > 3);
  }],
  ["RUD17", "ping_packet_count pings without an acknowledgement close the connection", () => {
    for (const pingPacketCount of [1, 4]) {
      for (const pair of both({ pingPacketCount, pingInterval: 1_000 })) {
        pair.device.link.send(bytes(1), pair.now);
        pair.run(100);
        pair.network.conditions = BROKEN;
        const began = pair.now;
        pair.run(60_000, () => pair.device.ends.length > 0);
        deepEqual(pair.device.ends, ["silent"]);
        const took = pair.now - began;
        ok(took > pingPacketCount * 1_000 && took <= (pingPacketCount + 2) * 1_000, `${took} ms`);
      }
    }
  }],
  ["RUD17", "one acknowledged ping of them all keeps it alive", () => {
    for (const pair of both({ pingPacketCount: 4 })) {
      for (let n = 0; n < 5; n++) {
        pair.network.conditions = BROKEN;
        pair.run(3_500);
        pair.network.conditions = PERFECT;
        pair.run(1_100);
      }
      deepEqual([pair.device.ends, pair.worker.ends], [[], []]);
    }
  }],
  ["RUD18", "each end can close, by a close packet", () => {
    for (const closes of ["device", "worker"] as const) {
      const pair = new PlainPair().open();
      pair[closes].link.close("done");
      equal(pair.sent.at(-1)!.datagram[0], CLOSE);
      pair.run(100);
      deepEqual([pair.device.ends, pair.worker.ends], [["done"], ["done"]]);
    }
  }],
  ["RUD18", "a close is immediate, whatever still waits", () => {
    for (const pair of both()) {
      for (let n = 0; n < 5; n++) pair.device.link.send(bytes(40_000), pair.now);
      pair.device.link.close("done");
      deepEqual(pair.device.ends, ["done"]);
      const { sentPackets } = pair.device.link.stats;
      pair.run(10_000);
      equal(pair.device.link.stats.sentPackets, sentPackets);
      deepEqual(pair.worker.ends, ["done"]);
      ok(pair.worker.batches.length < 5);
    }
  }],
  ["RUD19", "little data goes in a direct packet, which nothing acknowledges or repeats", () => {
    const pair = new PlainPair().open();
    const from = pair.sent.length;
    pair.device.link.direct(bytes(8));
    pair.network.conditions = BROKEN;
    pair.device.link.direct(bytes(9));
    pair.network.conditions = PERFECT;
    pair.run(900);
    const sent = pair.sent.slice(from).map(({ datagram }) => datagram[0]);
    deepEqual(sent, [DIRECT, DIRECT]);
    deepEqual(pair.worker.direct, [bytes(8)]);
  }],
  ["RUD22", "the options have names, defaults and an effect", () => {
    const names = ["connectionTimeout", "pingInterval", "pingPacketCount", "deliveryTimeout"];
    for (const name of names) ok(LINK_DEFAULTS[name as keyof LinkOptions] > 0, name);
    const small = new PlainPair({ options: { udpPacketSize: 600 } }).open();
    small.device.link.send(bytes(10_000), small.now);
    small.run(500, () => small.worker.batches.length > 0);
    ok(dataOf(small).length >= 17);
    equal(small.device.link.maxDirect, 595);
  }],
  ["RUD23", "every packet says its type first, and all but a connect the receiver's link", () => {
    const pair = new PlainPair().open();
    sendThree(pair);
    pair.device.link.direct(bytes(1));
    pair.run(3_000);
    pair.device.link.close("done");
    const known = new Set<number>([
      PLAIN_CONNECT,
      PLAIN_CONNECT_ACK,
      ...Object.values(PACKET_CODES),
    ]);
    const links = new Map<Address, number>();
    for (const { datagram, from } of pair.sent) {
      ok(known.delete(datagram[0]!) || datagram.length > 0);
      if (datagram[0] === PLAIN_CONNECT) continue;
      const link = u32(datagram, 1);
      equal(links.get(from) ?? link, link);
      links.set(from, link);
    }
    deepEqual([...known], [], "packets that were never sent");
    notEqual(links.get(DEVICE), links.get(WORKER));
  }],
]);

/** An open pair of each profile; with `conditions` from the start, one that tries to open. */
function both(options: Partial<LinkOptions> = {}, conditions = PERFECT): readonly Pair[] {
  const pairs = [new PlainPair({ options, conditions }), new SealedPair({ options, conditions })];
  if (conditions === PERFECT) { for (const pair of pairs) pair.open(); }
  return pairs;
}

/** Sends three batches of one packet each, of which the second is lost, and lets them arrive. */
function sendThree(pair: Pair): void {
  for (const n of [0, 1, 2]) {
    pair.network.conditions = n === 1 ? BROKEN : PERFECT;
    pair.device.link.send(bytes(100 + n), pair.now);
    pair.network.conditions = PERFECT;
  }
  pair.run(200, () => pair.worker.batches.length === 3);
}

/** The first bytes of what this end sent. */
function codes(pair: PlainPair, end: Address): number[] {
  return pair.sent.filter(({ from }) => from === end).map(({ datagram }) => datagram[0]!);
}

/** The data packets that the device sent. */
function dataOf(pair: PlainPair) {
  return pair.sent.filter(({ datagram, from }) => from === DEVICE && datagram[0] === DATA)
    .map(({ datagram, at }: { datagram: Uint8Array; at: Millis }) => ({
      at,
      number: u32(datagram, 5),
      batch: datagram[9]!,
      flags: datagram[10]!,
    }));
}

function u32(datagram: Uint8Array, at: number): number {
  return new DataView(datagram.buffer, datagram.byteOffset).getUint32(at);
}

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255);
}

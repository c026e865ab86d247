import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import { encodeConnect, NO_COOKIE } from "../../../../protocol/datagram/sealed/handshake.ts";
import { REPLAY_WINDOW, ReplayWindow } from "../../../../protocol/datagram/sealed/replay_window.ts";
import { createSealedWire, deriveKeys } from "../../../../protocol/datagram/sealed/seal.ts";
import { SealedListener } from "../../../../protocol/datagram/sealed/listener.ts";
import { linkOptions } from "../../../../protocol/datagram/options.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { PERFECT } from "../../../support/datagram/network.ts";
import { DEVICE, SealedPair, SECRET, WORKER } from "../../../support/datagram/sealed_pair.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (from: string) => new TextEncoder().encode(from);

Deno.test("[RUD1] a device dials, and both ends are open after two round trips", () => {
  const pair = new SealedPair().open();
  equal(pair.now, 50);
  equal(pair.dialler.state, "open");
  deepEqual(pair.listener.figures, { faults: {}, links: 1, attempts: 0 });
});

Deno.test("[RUD1] a link opens although four of ten datagrams are lost", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const pair = new SealedPair({ seed, conditions: { ...PERFECT, loss: 0.4 } }).open();
    equal(pair.worker.links.length, 1, `seed ${seed}`);
  }
});

/** A listener, and what it sent. */
function listening() {
  const answers: Uint8Array[] = [];
  const listener = new SealedListener({
    options: linkOptions(),
    random: new SeededRandom(3),
    transmit: (datagram) => void answers.push(datagram),
  });
  return { listener, answers };
}

Deno.test("[RUD2] ten thousand connects from invented addresses cost no memory", () => {
  const { listener, answers } = listening();
  using _waiting = listener.expect({ secret: SECRET, opened: () => unexpected() });
  for (let n = 0; n < 10_000; n++) {
    const connect = aConnect({ link: n, cookie: n % 2 ? NO_COOKIE : new Uint8Array(16).fill(9) });
    listener.receive(connect, { host: `10.0.${n >> 8}.${n & 255}`, port: 4_000 }, 5 as Millis);
  }
  deepEqual(listener.figures, { faults: { cookie: 5_000 }, links: 0, attempts: 0 });
  const most = aConnect({ link: 1 }).length;
  ok(answers.length === 5_000 && answers.every(({ length }) => length < most));
});

Deno.test("[RUD2] a cookie is good for its address and link alone, and not for long", () => {
  const { listener, answers } = listening();
  using _waiting = listener.expect({ secret: SECRET, opened: () => unexpected() });
  listener.receive(aConnect({ link: 7 }), DEVICE, 0 as Millis);
  const cookie = answers[0]!.slice(5);
  const tries = [
    { connect: { link: 7 }, from: { ...DEVICE, port: 41_000 }, at: 10 },
    { connect: { link: 8 }, from: DEVICE, at: 10 },
    { connect: { link: 7 }, from: DEVICE, at: 20_001 },
  ];
  for (const { connect, from, at } of tries) {
    listener.receive(aConnect({ ...connect, cookie }), from, at as Millis);
    equal(listener.figures.attempts, 0);
  }
  listener.receive(aConnect({ link: 7, cookie }), DEVICE, 19_999 as Millis);
  equal(listener.figures.attempts, 1);
});

Deno.test("[RUD3] a repeated connect gets the same answer", () => {
  const { listener, answers } = listening();
  using _waiting = listener.expect({ secret: SECRET, opened: () => unexpected() });
  listener.receive(aConnect({ link: 7 }), DEVICE, 0 as Millis);
  const connect = aConnect({ link: 7, cookie: answers[0]!.slice(5) });
  listener.receive(connect, DEVICE, 1 as Millis);
  listener.receive(connect, DEVICE, 2 as Millis);
  deepEqual(answers[2], answers[1]);
  deepEqual(listener.figures.attempts, 1);
  listener.advance(10_001 as Millis);
  deepEqual(listener.figures.attempts, 0);
});

Deno.test("[RUD3] a recorded opening that is sent again opens nothing and ends nothing", () => {
  const pair = new SealedPair();
  pair.recording = [];
  pair.open();
  const recorded = pair.recording.filter(({ to }) => to === WORKER);
  for (const { datagram, from } of recorded) pair.listener.receive(datagram, from, pair.now);
  pair.run(100);
  deepEqual([pair.worker.links.length, pair.worker.ends], [1, []]);
  pair.device.link.send(bytes("still there"), pair.now);
  pair.run(100);
  deepEqual(pair.worker.batches.map(text), ["still there"]);
});

Deno.test("[RUD3] a device that dials anew replaces its link", () => {
  const pair = new SealedPair().open();
  pair.dial();
  pair.run(1_000, () => pair.worker.links.length === 2);
  deepEqual(pair.worker.ends, ["replaced"]);
  pair.worker.link.send(bytes("hello again"), pair.now);
  pair.run(100);
  deepEqual(pair.device.batches.map(text), ["hello again"]);
});

Deno.test("[RUD4] a wrong secret, an unknown id and another version get no answer", () => {
  const wrong = { ...SECRET, secret: new Uint8Array(32) };
  const unknown = { ...SECRET, id: new Uint8Array(8) };
  for (const [deviceSecret, fault] of [[wrong, "tag"], [unknown, "unknown"]] as const) {
    const pair = new SealedPair({ deviceSecret });
    pair.run(20_000);
    deepEqual(pair.device.ends, ["unanswered"]);
    ok((pair.listener.figures.faults[fault] ?? 0) > 3);
    deepEqual(pair.worker.links, []);
  }
  const pair = new SealedPair();
  pair.listener.receive(aConnect({ link: 1, version: 2 }), DEVICE, pair.now);
  equal(pair.listener.figures.faults.version, 1);
});

Deno.test("[RUD4] a secret of a wrong length is refused", () => {
  const { listener } = new SealedPair();
  throws(
    () =>
      listener.expect({ secret: { ...SECRET, secret: new Uint8Array(16) }, opened: unexpected }),
    /give 8 and 32/,
  );
});

Deno.test("[RUD6] a datagram that was changed, cut or extended has no effect but a count", () => {
  const { sender, receiver } = wires();
  const datagram = sender.seal({ type: "direct", payload: bytes("full ahead") })!;
  fc.assert(fc.property(fc.nat(datagram.length * 8 - 1), (bit) => {
    const changed = new Uint8Array(datagram);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    ok("fault" in receiver.open(changed));
  }));
  for (let length = 0; length < datagram.length; length++) {
    ok("fault" in receiver.open(datagram.subarray(0, length)));
  }
  ok("fault" in receiver.open(Uint8Array.of(...datagram, 0)));
  ok("packet" in receiver.open(datagram));
});

Deno.test("[RUD6] a datagram of the other direction is not accepted", () => {
  const { sender, receiver, reflected } = wires();
  const datagram = sender.seal({ type: "ping", count: 1 })!;
  deepEqual(reflected.open(datagram), { fault: "forged" });
  ok("packet" in receiver.open(datagram));
});

Deno.test("[RUD6] no bytes make a listener, a dialler or a link throw", () => {
  const pair = new SealedPair().open();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 90 }), fc.nat(20), (given, type) => {
    const datagram = given.length > 0 ? Uint8Array.of(type, ...given) : given;
    pair.listener.receive(datagram, DEVICE, pair.now);
    pair.dialler.receive(datagram, WORKER, pair.now);
  }));
  pair.device.link.send(bytes("well"), pair.now);
  pair.run(200);
  deepEqual(pair.worker.batches.map(text), ["well"]);
});

Deno.test("[RUD7] a sequence number counts once", () => {
  fc.assert(fc.property(fc.array(fc.nat(9_000), { maxLength: 300 }), (sequences) => {
    const replays = new ReplayWindow();
    const seen = new Set<number>();
    let newest = -1;
    for (const sequence of sequences) {
      const isNew = !seen.has(sequence) && newest - sequence < REPLAY_WINDOW;
      equal(replays.isNew(sequence), isNew);
      if (!isNew) continue;
      equal(replays.note(sequence), sequence > newest);
      seen.add(sequence);
      newest = Math.max(newest, sequence);
    }
  }));
});

Deno.test("[RUD7] a replayed datagram is dropped and counted, in any order", () => {
  const { sender, receiver } = wires();
  const sent = Array.from(
    { length: 1_500 },
    (_, n) => sender.seal({ type: "ping", count: n & 255 })!,
  );
  for (const datagram of sent.toReversed()) ok("packet" in receiver.open(datagram));
  for (const datagram of sent) deepEqual(receiver.open(datagram), { fault: "replayed" });
});

Deno.test("[RUD8] the address follows the newest sealed datagram", () => {
  const pair = new SealedPair().open();
  pair.run(100);
  pair.recording = [];
  pair.device.link.direct(bytes("from home"));
  pair.run(50);
  const [recorded] = pair.recording;
  pair.deviceAddress = { host: "203.0.113.9", port: 50_000 };
  pair.device.link.direct(bytes("from the road"));
  pair.run(50);
  deepEqual(pair.worker.link.address, pair.deviceAddress);
  equal(pair.worker.link.stats.moves, 1);
  pair.worker.link.send(bytes("follow"), pair.now);
  pair.run(100);
  deepEqual(pair.device.batches.map(text), ["follow"]);

  pair.listener.receive(recorded!.datagram, { host: "198.18.0.1", port: 1 }, pair.now);
  deepEqual(pair.worker.link.address, pair.deviceAddress);
  equal(pair.worker.link.stats.faults.replayed, 1);
});

Deno.test("[RUD8] a datagram that comes late from the old address changes nothing", () => {
  const { sender, receiver } = wires();
  const late = sender.seal({ type: "ping", count: 0 })!;
  const newer = sender.seal({ type: "ping", count: 0 })!;
  const isNewest = (datagram: Uint8Array) => {
    const opened = receiver.open(datagram);
    return "packet" in opened && opened.newest;
  };
  deepEqual([isNewest(newer), isNewest(late)], [true, false]);
});

function wires() {
  const keys = deriveKeys(SECRET.secret, new Uint8Array(32));
  const { fromDialler, fromListener } = keys;
  return {
    sender: createSealedWire({ send: fromDialler, receive: fromListener, theirs: 2, ours: 1 }),
    receiver: createSealedWire({ send: fromListener, receive: fromDialler, theirs: 1, ours: 2 }),
    reflected: createSealedWire({ send: fromDialler, receive: fromListener, theirs: 1, ours: 2 }),
  };
}

function aConnect({ link, cookie = NO_COOKIE, version = 1 }: {
  link: number;
  cookie?: Uint8Array;
  version?: number;
}): Uint8Array {
  const random = new Uint8Array(16).fill(5);
  const fields = { version, link, id: SECRET.id, random, receiveBuffer: 65_536, cookie };
  return encodeConnect(fields, SECRET.secret);
}

function unexpected(): never {
  throw new Error("opened a link");
}

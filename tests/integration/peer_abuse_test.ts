import { deepEqual, equal, ok } from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { SeededRandom } from "../fakes/random.ts";
import {
  connect,
  openPeer,
  until,
  WeriftBrowser,
  type WorkerEnd,
} from "../support/media/werift_browser.ts";

/** The socket of an attacker, who found a worker's UDP port and has no credentials. */
async function stranger(): Promise<Socket & Disposable> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.close() });
}

function portsOf(worker: WorkerEnd): number[] {
  return worker.candidates.flatMap((each) => each ? [Number(each.candidate.split(" ")[5])] : []);
}

/** A DTLS record that is not encrypted (RFC 6347 §4.1). */
function plainRecord(type: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([type, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, body.length, ...body]);
}

/** A ClientHello's header and too little of a body. */
const HELLO = plainRecord(22, [1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 254, 253, 1, 2]);
const FAREWELL = plainRecord(21, [1, 0]);

/** A connectivity check (RFC 8445 §7.2.2) without valid credentials. */
function check(username: string, transaction: number): Uint8Array {
  const name = new TextEncoder().encode(username);
  const padded = Math.ceil(name.length / 4) * 4;
  const bytes = new Uint8Array(24 + padded);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x0001);
  view.setUint16(2, 4 + padded);
  view.setUint32(4, 0x2112a442);
  bytes.fill(transaction, 8, 20);
  view.setUint16(20, 0x0006);
  view.setUint16(22, name.length);
  bytes.set(name, 24);
  return bytes;
}

Deno.test("[PEE14] no packet that an attacker sends to its port ends a connection", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  await connect(worker, browser);
  using somebody = await stranger();
  const random = new SeededRandom(1);
  for (const port of portsOf(worker)) {
    for (const datagram of [FAREWELL, HELLO, plainRecord(40, [1])]) {
      somebody.send(datagram, port, "127.0.0.1");
    }
    for (let first = 0; first < 256; first++) {
      somebody.send(Uint8Array.of(first, ...random.bytes(40)), port, "127.0.0.1");
    }
  }
  somebody.send(check("nobody:here", 1), portsOf(worker)[0]!, "127.0.0.1");
  browser.send("commands", "still here");
  await until(() => worker.events.includes("commands: still here"));
  deepEqual(worker.reasons, []);
});

Deno.test("[PEE14] an attacker's earlier packets do not prevent a connection", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const offer = await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  using somebody = await stranger();
  for (const port of portsOf(worker)) {
    for (const datagram of [Uint8Array.of(22), Uint8Array.of(21, 1, 2), FAREWELL]) {
      somebody.send(datagram, port, "127.0.0.1");
    }
  }
  await worker.peer.accept(await browser.answer(offer));
  await until(() => worker.events.includes("connected"));
});

Deno.test("[PEE15] a connectivity check is answered only when it names this peer", async () => {
  using worker = openPeer();
  const offer = await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  const name = /^a=ice-ufrag:(\S+)/m.exec(offer)?.[1];
  ok(name);
  using somebody = await stranger();
  const answers: number[] = [];
  somebody.on("message", (data) => void answers.push(data[8]!));
  const [port] = portsOf(worker);
  somebody.send(check("nobody:here", 1), port!, "127.0.0.1");
  somebody.send(check(`${name}:browser`, 2), port!, "127.0.0.1");
  await until(() => answers.length > 0);
  equal(answers[0], 2);
});

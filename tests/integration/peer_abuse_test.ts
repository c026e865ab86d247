import { deepEqual, ok } from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { SeededRandom } from "../fakes/random.ts";
import { connectivityCheck } from "../support/media/connectivity_check.ts";
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
  somebody.send(connectivityCheck({ name: "nobody" }), portsOf(worker)[0]!, "127.0.0.1");
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

Deno.test("[PEE14] hellos of an attacker, thousands a second, do not prevent a connection", async () => {
  using worker = openPeer();
  await using browser = new WeriftBrowser();
  const offer = await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  using somebody = await stranger();
  const flooding = setInterval(() => {
    for (const port of portsOf(worker)) {
      for (let n = 0; n < 10; n++) somebody.send(HELLO, port, "127.0.0.1");
    }
  }, 5);
  try {
    await worker.peer.accept(await browser.answer(offer));
    await until(() => worker.events.includes("connected"));
  } finally {
    clearInterval(flooding);
  }
});

Deno.test("[PEE15] a connectivity check is answered only when it names this peer and proves its password", async () => {
  using worker = openPeer();
  const offer = await worker.peer.offer();
  await until(() => worker.candidates.includes(undefined));
  const read = (what: string) => new RegExp(`^a=ice-${what}:(\\S+)`, "m").exec(offer)?.[1];
  const [name, password] = [read("ufrag"), read("pwd")];
  ok(name && password);
  using somebody = await stranger();
  const answers: number[] = [];
  somebody.on("message", (data) => void answers.push(data[8]!));
  const checks = [
    connectivityCheck({ name: "nobody", password, transaction: 1 }),
    connectivityCheck({ name, transaction: 2 }),
    connectivityCheck({ name, password: "a guess", transaction: 3 }),
    connectivityCheck({ name, password, transaction: 4 }),
  ];
  for (const check of checks) somebody.send(check, portsOf(worker)[0]!, "127.0.0.1");
  await until(() => answers.length > 0);
  deepEqual(answers, [4]);
});

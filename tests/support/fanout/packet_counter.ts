/**
 * A program that counts datagrams: it opens so many UDP sockets on the loopback interface, prints their ports, and
 * prints how many datagrams they received for each line on its input. It reads many at once, so that it keeps up with
 * hundreds of thousands a second.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "buffer", "u32", "i32", "pointer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const SOCKETS = Number(Deno.args[0] ?? 8);
const AT_ONCE = 256;
const DATAGRAM_ROOM = 64;
const BUFFER = 32 * 2 ** 20;
/** Sets the receive buffer, above the system's limit (root only) and within it. */
const RECEIVE_BUFFERS = [8, 33];
const PERIOD = 2;

const { symbols } = Deno.dlopen("libc.so.6", SYMBOLS);
const messages = new Uint8Array(new ArrayBuffer(AT_ONCE * 64));
const vector = new BigUint64Array(new ArrayBuffer(16));
/** Only the beginnings are kept; the system cuts the rest off. */
const room = new Uint8Array(new ArrayBuffer(DATAGRAM_ROOM));
vector[0] = addressOf(room);
vector[1] = BigInt(DATAGRAM_ROOM);
const view = new DataView(messages.buffer);
for (let index = 0; index < AT_ONCE; index++) {
  view.setBigUint64(index * 64 + 16, addressOf(vector), true);
  view.setBigUint64(index * 64 + 24, 1n, true);
}

const sockets = Array.from({ length: SOCKETS }, open);
let received = 0;
console.log(JSON.stringify(sockets.map(({ port }) => port)));
setInterval(count, PERIOD);
for await (const _ of createInterface({ input: process.stdin })) {
  count();
  console.log(received);
}
Deno.exit(0);

function open(): { readonly descriptor: number; readonly port: number } {
  const descriptor = symbols.socket(2, 2, 0);
  const name = new Uint8Array(new ArrayBuffer(16));
  name.set([2, 0, 0, 0, 127, 0, 0, 1]);
  const size = new Uint32Array([16]);
  const buffer = new Int32Array([BUFFER]);
  for (const option of RECEIVE_BUFFERS) symbols.setsockopt(descriptor, 1, option, buffer, 4);
  if (symbols.bind(descriptor, name, 16) !== 0) throw new Error("Cannot bind a socket");
  symbols.getsockname(descriptor, name, size);
  return { descriptor, port: name[2]! * 256 + name[3]! };
}

function count(): void {
  for (const { descriptor } of sockets) {
    for (;;) {
      const found = symbols.recvmmsg(descriptor, messages, AT_ONCE, 0x40, null);
      if (found <= 0) break;
      received += found;
    }
  }
}

function addressOf(bytes: Uint8Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

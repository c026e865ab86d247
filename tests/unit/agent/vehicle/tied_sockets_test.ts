import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import type { FromTied, ToTied } from "../../../../agent/vehicle/tied/messages.ts";
import { MOST_RECEIVED, SocketTable } from "../../../../agent/vehicle/tied/socket_table.ts";
import { MOST_WAITING, TiedSockets } from "../../../../agent/vehicle/tied/tied_sockets.ts";
import type { Address } from "../../../../protocol/datagram/ports.ts";
import type { UdpOptions } from "../../../../protocol/datagram/udp.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const WORKER = { host: "10.0.0.1", port: 15_001 };
const STRANGER = { host: "10.0.0.2", port: 15_001 };

/** The process of tied sockets with its table, as the agent sees it. */
class FakeHolder extends EventEmitter {
  connected = true;
  isKilled = false;
  /** Whether it does nothing any more. */
  hangs = false;
  /** Whether the pipe takes messages. */
  takes = true;
  readonly received: ToTied[] = [];
  readonly table: SocketTable;

  constructor(table: (send: (message: FromTied) => void) => SocketTable) {
    super();
    this.table = table((message) => void this.emit("message", message));
  }

  send(message: ToTied, _handle: unknown, _options: unknown, done: () => void): boolean {
    this.received.push(message);
    if (this.hangs) return true;
    if (message.type === "open") void this.table.open(message);
    if (message.type === "send") this.table.send(message);
    if (message.type === "close") this.table.close(message.socket);
    if (this.takes) done();
    return true;
  }

  dies(): void {
    this.connected = false;
    this.emit("exit", null, "SIGKILL");
  }

  kill(): boolean {
    this.dies();
    return this.isKilled = true;
  }
}

function scene() {
  const clock = new FakeClock();
  const holders: FakeHolder[] = [];
  const bound: (UdpOptions & { sent: [string, Address][]; isOpen: boolean; tiedTo?: string })[] =
    [];
  const flags: (readonly string[])[] = [];
  const sockets = new TiedSockets({
    clock,
    log: createLog({ clock, sink: () => {} }),
    program: { entry: "main.ts", arguments: [] },
    processes: "/processes",
    startChild(program) {
      flags.push(program.flags);
      const holder = new FakeHolder((send) =>
        new SocketTable({
          clock,
          send,
          tie(port, name) {
            if (name === "gone0") return "Cannot send over gone0: there is no such interface";
            bound[port]!.tiedTo = name;
            return undefined;
          },
          open(options) {
            const socket = { ...options, sent: [] as [string, Address][], isOpen: true };
            const port = bound.push(socket) - 1;
            return Promise.resolve({
              port,
              send: (bytes, to) => void socket.sent.push([new TextDecoder().decode(bytes), to]),
              [Symbol.dispose]: () => void (socket.isOpen = false),
            });
          },
        })
      );
      holders.push(holder);
      return holder as unknown as ChildProcess;
    },
  });
  const received: string[] = [];
  const lost: string[] = [];
  const open = (name: string) =>
    sockets.openerFor(name, WORKER)({
      host: "0.0.0.0",
      port: 0,
      received: (bytes, from) =>
        void received.push(`${new TextDecoder().decode(bytes)} ${from.host}`),
      lost: () => void lost.push(name),
    });
  return { clock, sockets, holders, bound, received, lost, open, flags };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("[DRV36] each path has a socket that is tied to its interface, and they share one process with few rights", async () => {
  const { holders, bound, received, open, flags, sockets } = scene();
  const opening = [open("wwan0"), open("wwan1")];
  holders[0]!.emit("message", { type: "ready" });
  const [first, second] = await Promise.all(opening);
  deepEqual([holders.length, bound.map(({ tiedTo }) => tiedTo)], [1, ["wwan0", "wwan1"]]);
  ok(flags[0]!.includes("--allow-net=10.0.0.1:15001,0.0.0.0,[::]"), `${flags[0]}`);
  first!.send(bytes("one"), WORKER);
  second!.send(bytes("two"), WORKER);
  deepEqual(bound.map(({ sent }) => sent), [[["one", WORKER]], [["two", WORKER]]]);
  bound[0]!.received(bytes("back"), WORKER);
  bound[0]!.received(bytes("forged"), STRANGER);
  deepEqual(received, ["back 10.0.0.1"]);
  first!.send(bytes("still"), WORKER);
  first![Symbol.dispose]();
  deepEqual(bound.map(({ isOpen }) => isOpen), [false, true]);
  sockets[Symbol.dispose]();
  equal(holders[0]!.received.at(-1)!.type, "end");
});

Deno.test("[DRV36] an interface that is gone is named, and the socket is closed", async () => {
  const { holders, bound, open } = scene();
  const opening = open("gone0");
  holders[0]!.emit("message", { type: "ready" });
  await rejects(opening, /Cannot send over gone0: there is no such interface/);
  equal(bound[0]!.isOpen, false);
});

Deno.test("[DRV36] a process that ends or hangs ends the opening, and the next socket gets another process", async () => {
  const { holders, open, clock } = scene();
  const first = open("wwan0");
  holders[0]!.dies();
  await rejects(first, /ended \(signal SIGKILL\)/);
  const second = open("wwan0");
  const refused = rejects(second, /does not answer/);
  await clock.run(15_000);
  await refused;
  deepEqual([holders.length, holders[1]!.isKilled], [2, true]);
  const third = open("wwan0");
  holders[2]!.emit("message", { type: "ready" });
  ok(await third);
});

const received = { type: "received", socket: 0, datagram: "AAAA" };
const unreadable: Readonly<Record<string, unknown>> = {
  "that is no object": "ready",
  "of an unknown type": { type: "taken" },
  "without a socket": { ...received, socket: undefined },
  "without base64": { ...received, datagram: "A-" },
};
for (const [what, message] of Object.entries(unreadable)) {
  Deno.test(`[DRV36] a message of the process ${what} ends it, and the next socket gets another process`, async () => {
    const { holders, open } = scene();
    const first = open("wwan0");
    holders[0]!.emit("message", message);
    await rejects(first, /ended \(it sent a message that cannot be read\)/);
    equal(holders[0]!.isKilled, true);
    const second = open("wwan0");
    holders[1]!.emit("message", { type: "ready" });
    ok(await second);
  });
}

Deno.test("[DRV36] datagrams that the pipe does not take, and a flood from the network, are dropped", async () => {
  const { holders, open, bound, received, clock } = scene();
  const opening = open("wwan0");
  holders[0]!.emit("message", { type: "ready" });
  const socket = await opening;
  holders[0]!.takes = false;
  for (let count = 0; count < 2 * MOST_WAITING; count++) socket.send(bytes("wish"), WORKER);
  equal(bound[0]!.sent.length, MOST_WAITING);
  for (let count = 0; count < 3 * MOST_RECEIVED; count++) bound[0]!.received(bytes("x"), WORKER);
  equal(received.length, MOST_RECEIVED);
  clock.advance(1_000);
  bound[0]!.received(bytes("later"), WORKER);
  equal(received.at(-1), "later 10.0.0.1");
});

Deno.test("[DRV36] a process that hangs after its start is given up within 3 s, one that starts slowly is not", async () => {
  const { holders, open, clock, lost } = scene();
  const slow = open("wwan0");
  await clock.run(14_000);
  holders[0]!.emit("message", { type: "ready" });
  ok(await slow);
  holders[0]!.hangs = true;
  const refused = rejects(open("wwan1"), /does not answer/);
  await clock.run(2_999);
  equal(holders[0]!.isKilled, false);
  await clock.run(1);
  await refused;
  deepEqual([holders[0]!.isKilled, lost, clock.pending], [true, ["wwan0"], 0]);
});

Deno.test("[DRV36] the open sockets of a process that ended are lost at once, those that were closed are not", async () => {
  const { holders, open, lost, clock } = scene();
  const opening = [open("wwan0"), open("wwan1"), open("wwan2")];
  holders[0]!.emit("message", { type: "ready" });
  const [first] = await Promise.all(opening);
  first![Symbol.dispose]();
  holders[0]!.dies();
  deepEqual([lost, clock.pending], [["wwan1", "wwan2"], 0]);
});

Deno.test("[DRV36] sockets that were disposed start no process", async () => {
  const { holders, open, sockets } = scene();
  sockets[Symbol.dispose]();
  await rejects(open("wwan0"), /Cannot send over wwan0/);
  equal(holders.length, 0);
});

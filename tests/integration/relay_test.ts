/** The sockets of the relay, with a worker that echoes. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { systemClock } from "../../protocol/clock.ts";
import { blackout, clear } from "../support/relay/regimes.ts";
import { Relay } from "../support/relay/relay.ts";

/** A socket that keeps what it receives. */
async function open() {
  const socket: Socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const received: { text: string; port: number }[] = [];
  socket.on("message", (bytes, { port }) => received.push({ text: bytes.toString(), port }));
  return {
    port: socket.address().port,
    received,
    send: (text: string, port: number) => socket.send(text, port, "127.0.0.1"),
    async until(count: number) {
      while (received.length < count) await once(socket, "message");
    },
    [Symbol.dispose]: () => void socket.close(),
  };
}

Deno.test("datagrams pass both ways, and each browser's address has one of its own at the worker", async () => {
  using worker = await open();
  using one = await open();
  using other = await open();
  using relay = new Relay({ clock: systemClock, regime: clear(10), seed: 1 });
  const front = await relay.front({ host: "127.0.0.1", port: worker.port });
  equal(await relay.front({ host: "127.0.0.1", port: worker.port }), front);
  one.send("from one", front);
  await worker.until(1);
  other.send("from other", front);
  await worker.until(2);
  const [first, second] = worker.received;
  deepEqual([first!.text, second!.text], ["from one", "from other"]);
  ok(first!.port !== second!.port && first!.port !== one.port);
  worker.send("to one", first!.port);
  worker.send("to other", second!.port);
  await Promise.all([one.until(1), other.until(1)]);
  deepEqual([...one.received, ...other.received], [
    { text: "to one", port: front },
    { text: "to other", port: front },
  ]);
  equal(relay.counts.down.delivered, 2);
});

Deno.test("a change of the regime applies at once", async () => {
  using worker = await open();
  using browser = await open();
  using relay = new Relay({ clock: systemClock, regime: blackout(3_600_000), seed: 1 });
  const front = await relay.front({ host: "127.0.0.1", port: worker.port });
  browser.send("lost", front);
  while (relay.counts.up.blackedOut === 0) await new Promise((done) => setTimeout(done, 5));
  relay.change(clear());
  browser.send("found", front);
  await worker.until(1);
  equal(worker.received[0]!.text, "found");
});

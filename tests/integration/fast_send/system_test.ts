import { deepEqual, equal } from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { ProtectionProfileAes128CmHmacSha1_80, type RTCDtlsTransport, UdpTransport } from "werift";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { Batch } from "../../../worker/fast_send/batch.ts";
import { OwnDescriptor } from "../../../worker/fast_send/descriptor.ts";
import { openFastSend } from "../../../worker/fast_send/fast_send.ts";
import { openLibc } from "../../../worker/fast_send/libc.ts";
import { openLibcrypto } from "../../../worker/fast_send/libcrypto.ts";
import { socketAddress } from "../../../media/socket_address.ts";
import { WeriftRoutes } from "../../../worker/werift/routes.ts";
import { openFakeViewer } from "../../support/fanout/fake_viewers.ts";
import { until } from "../../support/media/werift_browser.ts";

const LOCAL = { udp4: "127.0.0.1", udp6: "::1" } as const;

/** A browser's socket, which keeps what it receives and from which port. */
async function openReceiver(family: "udp4" | "udp6") {
  const socket = createSocket(family);
  socket.bind(0, LOCAL[family]);
  await once(socket, "listening");
  const received: string[] = [];
  const from: number[] = [];
  socket.on("message", (data, { port }) => {
    received.push(data.toString());
    from.push(port);
  });
  const { address, port } = socket.address();
  return { socket, received, from, host: address, port };
}

/** werift's selected pair, which a test moves, and the routes that follow it. */
async function openRoutes(family: "udp4" | "udp6") {
  const libc = openLibc();
  const socket = await UdpTransport.init(family);
  const batch = new Batch(libc);
  const pair = {
    protocol: { type: "stun", transport: socket as unknown },
    remoteCandidate: { host: "", port: 0 },
  };
  const relayed: string[] = [];
  const connection = {
    nominated: pair as typeof pair | undefined,
    isFresh: true,
    canSendApplicationData() {
      return this.nominated !== undefined && this.isFresh;
    },
    send: (bytes: Uint8Array) => {
      relayed.push(new TextDecoder().decode(bytes));
      return Promise.resolve();
    },
  };
  const lines: string[] = [];
  const routes = new WeriftRoutes(
    { libc, log: createLog({ clock: systemClock, sink: (line) => lines.push(line) }) },
    { iceTransport: { connection } } as unknown as RTCDtlsTransport,
  );
  /** Sends a text on the present route and returns the route's type. */
  const send = (text: string) => {
    const route = routes.route();
    batch.clear();
    const bytes = new TextEncoder().encode(text);
    batch.room.set(bytes.subarray(1));
    batch.add(bytes.subarray(0, 1), bytes.length - 1);
    if (route?.type === "other") { for (const packet of batch.packets()) route.send(packet); }
    else if (route) batch.send(route.descriptor, { to: route.to, grouping: "packets" });
    return route?.type;
  };
  return { libc, socket, connection, pair, routes, relayed, lines, send };
}

for (const family of ["udp4", "udp6"] as const) {
  Deno.test(`[FST7] packets leave from werift's own socket, and follow the browser's address (${family})`, async () => {
    const [first, second] = [await openReceiver(family), await openReceiver(family)];
    const { socket, pair, routes, send } = await openRoutes(family);
    pair.remoteCandidate = first;
    equal(send("one"), "direct");
    await until(() => first.received.length === 1);
    pair.remoteCandidate = second;
    equal(send("two"), "direct");
    await until(() => second.received.length === 1);
    deepEqual([first.received, second.received], [["one"], ["two"]]);
    deepEqual([first.from[0], second.from[0]], [socket.port, socket.port]);
    // The runtime's own end goes on receiving.
    const answers: string[] = [];
    socket.onData = (data) => void answers.push(data.toString());
    second.socket.send("back", socket.port, LOCAL[family]);
    await until(() => answers.length === 1);
    routes[Symbol.dispose]();
    await socket.close();
    for (const { socket } of [first, second]) socket.close();
  });
}

Deno.test("[FST7] a relay, another family and a name are sent to through werift; without consent nothing is sent", async () => {
  const browser = await openReceiver("udp4");
  const { socket, connection, pair, routes, relayed, send } = await openRoutes("udp4");
  pair.remoteCandidate = browser;
  pair.protocol = { type: "turn", transport: socket };
  equal(send("relay"), "other");
  pair.protocol = { type: "tcp", transport: {} };
  equal(send("tcp"), "other");
  pair.protocol = { type: "stun", transport: socket };
  for (const host of ["::1", "browser.local"]) {
    pair.remoteCandidate = { host, port: 9 };
    equal(send(host), "other");
  }
  deepEqual(relayed, ["relay", "tcp", "::1", "browser.local"]);
  pair.remoteCandidate = browser;
  connection.isFresh = false;
  equal(send("stale"), undefined);
  connection.isFresh = true;
  connection.nominated = undefined;
  equal(send("unselected"), undefined);
  connection.nominated = pair;
  equal(send("direct"), "direct");
  await until(() => browser.received.length === 1);
  deepEqual(browser.received, ["direct"]);
  routes[Symbol.dispose]();
  await socket.close();
  browser.socket.close();
});

Deno.test("[FST4] a socket that closes takes its descriptor along: its number is never written to, and its port is free", async () => {
  const browser = await openReceiver("udp4");
  const { libc, socket, pair, routes, relayed, send } = await openRoutes("udp4");
  pair.remoteCandidate = browser;
  const { port } = socket;
  const name = socketAddress(socket.address)!;
  equal(send("before"), "direct");
  const { descriptor } = routes.route() as { descriptor: number };
  const closed = socket.close();
  equal(libc.socketName(descriptor, new Uint8Array(new ArrayBuffer(28))) < 0, true);
  // Other files take the numbers that became free.
  const path = await Deno.makeTempFile();
  await closed;
  equal(OwnDescriptor.of(libc, name), undefined);
  const files = await Promise.all(
    Array.from({ length: 8 }, () => Deno.open(path, { write: true })),
  );
  equal(send("after"), "other");
  deepEqual(relayed, ["after"]);
  equal((await Deno.stat(path)).size, 0);
  for (const file of files) file.close();
  await Deno.remove(path);
  const again = createSocket("udp4").bind(port);
  await once(again, "listening");
  again.close();
  await until(() => browser.received.length === 1);
  deepEqual(browser.received, ["before"]);
  routes[Symbol.dispose]();
  browser.socket.close();
});

Deno.test("[FST4] where no descriptor is left, packets go through werift, and the log says so once", async () => {
  const browser = await openReceiver("udp4");
  const { libc, socket, pair, routes, relayed, lines, send } = await openRoutes("udp4");
  pair.remoteCandidate = browser;
  libc.duplicate = () => -24;
  equal(send("one"), "other");
  equal(send("two"), "other");
  deepEqual(relayed, ["one", "two"]);
  equal(lines.length, 1);
  routes[Symbol.dispose]();
  await socket.close();
  browser.socket.close();
});

Deno.test("[FST3] without OpenSSL media is sent through werift", () => {
  const log = createLog({ clock: systemClock, sink: () => {} });
  equal(openFastSend({ log, loadLibcrypto: () => openLibcrypto(["libmissing.so.9"]) }), undefined);
});

Deno.test("[FST3] a connection with another SRTP profile is sent to through werift, and the log says so", async () => {
  const browser = await openReceiver("udp4");
  const lines: string[] = [];
  const log = createLog({ clock: systemClock, sink: (line) => lines.push(line) });
  const fastSend = openFastSend({ log })!;
  fastSend.libc.sendMessages = () => {
    throw new Error("nothing is sent past the runtime");
  };
  const viewer = await openFakeViewer({
    port: browser.port,
    index: 0,
    fastSend,
    profile: ProtectionProfileAes128CmHmacSha1_80,
  });
  viewer.sender.sendAudio({ data: new Uint8Array(100), timestamp: 0 });
  await until(() => browser.received.length === 1);
  equal(lines.filter((line) => line.includes("another SRTP profile")).length, 1);
  await viewer[Symbol.asyncDispose]();
  browser.socket.close();
});

/**
 * Connections of the legs over real sockets: idle for long, broken in one direction, broken while they open.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { createApp } from "../../coordinator/app.ts";
import { poolLimits } from "../../coordinator/listen/connection_pool.ts";
import { WorkerCredentials } from "../../coordinator/secrets/worker_credentials.ts";
import { makeCertificate } from "../../coordinator/secrets/tls.ts";
import { listen, type TlsFiles } from "../../coordinator/server.ts";
import { createServices } from "../../coordinator/services.ts";
import { sleep, systemClock } from "../../protocol/clock.ts";
import { KEEP_ALIVE, longestSilence } from "../../protocol/connection/keep_alive.ts";
import { createLegClient } from "../../protocol/connection/leg_client.ts";
import { createWsDial } from "../../protocol/connection/ws_dial.ts";
import { SessionId } from "../../protocol/ids.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../protocol/legs/user_leg.ts";
import { createLog } from "../../protocol/log.ts";
import { createCoordinatorLink } from "../../worker/coordinator_link.ts";
import { FakeClock } from "../fakes/clock.ts";
import { CREDENTIAL, helloOf } from "../fakes/coordinator.ts";
import { SeededRandom } from "../fakes/random.ts";
import { serveCoordinator, until } from "../support/coordinator/served.ts";
import { startTcpProxy } from "../support/stack/tcp_proxy.ts";

/**
 * Goes on by {@linkcode STEP} at each tick of the machine, while messages pass over real sockets. Both ends are in this
 * process, so that a busy machine that stops one stops the other and the clock too.
 */
const fast = new FakeClock();
/** In milliseconds. */
const STEP = 200;
let ticking: ReturnType<typeof setInterval>;

Deno.test.beforeAll(() => void (ticking = setInterval(() => fast.advance(STEP), 2)));
Deno.test.afterAll(() => clearInterval(ticking));

async function setup({ tls }: { tls?: TlsFiles } = {}) {
  const random = new SeededRandom();
  const services = createServices({
    ...{ clock: fast, random, log: createLog({ clock: fast, sink: () => {} }) },
    ice: { stun: [], turnUrls: [], turnSecret: undefined },
    limits: {
      maxPerAddress: 100,
      perSecond: 100,
      origins: [],
      localOnly: false,
      onDefaultPort: false,
    },
    resumeKey: new Uint8Array(32).fill(7),
    credentials: new WorkerCredentials({
      file: { read: () => undefined, write: () => Promise.resolve() },
      passed: [CREDENTIAL],
      clock: fast,
      random,
    }),
  });
  const app = createApp(services, { metricsToken: undefined, web: "no/such/folder" });
  const server = listen(app, {
    host: "127.0.0.1",
    ...{ port: 0, tls },
    publicUrl: undefined,
    trustedProxies: [],
    connections: poolLimits(1_000),
    requestRate: 1_000,
    ...{ clock: fast, log: services.log, metrics: services.metrics },
  });
  if ("error" in server) throw new Error(server.error);
  const proxy = await startTcpProxy(server.port);
  const ports = { clock: fast, random };
  return {
    ...{ services, proxy, ports },
    port: server.port,
    url: (path: string) => `ws://127.0.0.1:${proxy.port}${path}`,
    async [Symbol.asyncDispose]() {
      proxy[Symbol.dispose]();
      await until(() => services.sockets.size === 0);
      await server.shutdown();
      services[Symbol.dispose]();
    },
  };
}

Deno.test("[LEG14] four minutes without traffic end no connection of a worker or a page", async () => {
  await using scene = await setup();
  const { ports, url, services } = scene;
  const events: string[] = [];
  using _worker = createCoordinatorLink({
    ...ports,
    log: createLog({ clock: fast, sink: (line) => void events.push(JSON.parse(line).event) }),
    ...{ url: url("/wso"), credential: CREDENTIAL },
    hello: (nonce) => ({ id: "1", type: "worker.hello", payload: helloOf("w1", { nonce }) }),
    receive: () => {},
    accepted: () => {},
  });
  using page = createLegClient<ToUser, FromUser>({
    ...{ ...ports, dial: createWsDial(), url: () => url("/ws"), incoming: toUser },
    outgoing: fromUser,
    listener: {
      opened() {
        page.accepted();
        events.push("page opened");
      },
      received: () => {},
      unreadable: ({ refusal }) => void events.push(refusal.message),
      closed: ({ reason }) => void events.push(reason),
    },
  });
  await until(() => services.sockets.size === 2);
  await sleep(fast, 240_000);
  deepEqual(events.toSorted(), ["coordinator accepted this worker", "page opened"]);
  equal(services.sockets.size, 2);
});

for (const silent of ["client", "server"] as const) {
  Deno.test(`[LEG15] when no bytes of the ${silent} arrive any more, both ends close`, async () => {
    await using scene = await setup();
    const { ports, url, services, proxy } = scene;
    let [opened, closed] = [0, 0];
    using page = createLegClient<ToUser, FromUser>({
      ...{ ...ports, dial: createWsDial(), url: () => url("/ws"), incoming: toUser },
      outgoing: fromUser,
      listener: {
        opened() {
          page.accepted();
          opened++;
        },
        received: () => {},
        unreadable: () => {},
        closed: () => void closed++,
      },
    });
    await until(() => opened === 1 && services.sockets.size === 1);
    await sleep(fast, 2 * KEEP_ALIVE.period);
    proxy.lose(silent);
    await sleep(fast, longestSilence(KEEP_ALIVE) / 2);
    equal(closed, 0);
    await until(() => closed > 0);
    if (silent === "client") await until(() => services.sockets.size === 0);
    proxy.mend();
    await until(() => opened === 2);
    await until(() => services.sockets.size === 1);
  });
}

/**
 * Connections to a port of this machine whose socket some process holds. Lines of `/proc/net/tcp` (proc(5)): number,
 * local address, remote address, state, queues, timer, retransmissions, user, timeout, inode (0: held by nobody).
 */
function heldSockets(port: number): number {
  const LISTENS = "0A";
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return Deno.readTextFileSync("/proc/net/tcp").split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, own = "", , state, , , , , , inode]) =>
      own.endsWith(local) && state !== LISTENS && inode !== "0"
    ).length;
}

for (const scheme of ["HTTP", "HTTPS"] as const) {
  Deno.test(`[ADM10] a connection over ${scheme} that says nothing is cut off`, async () => {
    const ports = { clock: systemClock, random: new SeededRandom() };
    const tls = await makeCertificate(ports, ["127.0.0.1"]);
    await using scene = await setup(scheme === "HTTPS" ? { tls } : {});
    const sockets = Array.from({ length: 5 }, () => connect(scene.proxy.port, "127.0.0.1"));
    await Promise.all(sockets.map((socket) => new Promise((done) => socket.once("close", done))));
    await until(() => heldSockets(scene.port) === 0);
  });
}

Deno.test("[LEG16] a program that only answers control frames stays connected", async () => {
  await using scene = await setup();
  const socket = new WebSocket(scene.url("/ws"));
  let arrived = 0;
  socket.on("message", (data) => arrived += String(data).includes('"ping"') ? 1 : 0);
  await until(() => arrived > 0);
  await sleep(fast, 3 * longestSilence(KEEP_ALIVE));
  equal(socket.readyState, WebSocket.OPEN);
  socket.terminate();
});

Deno.test("[WRK3] changes between the hello and its answer are reported after the hello", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const arrived: string[] = [];
  let socket: WebSocket | undefined;
  server.on("connection", (opened) => {
    socket = opened;
    opened.on("message", (data) => arrived.push(JSON.parse(String(data)).type));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  using link = createCoordinatorLink({
    clock: systemClock,
    random: new SeededRandom(),
    log: createLog({ clock: systemClock, sink: () => {} }),
    url: `ws://127.0.0.1:${port}`,
    credential: CREDENTIAL,
    hello: (nonce) => ({ id: "1", type: "worker.hello", payload: helloOf("w1", { nonce }) }),
    receive: () => {},
    accepted: () => {},
  });
  const payload = { session_id: SessionId.parse("ana"), connected: true };
  link.send({ id: "2", type: "session.media", payload });
  await until(() => arrived.length > 0);
  link.send({ id: "3", type: "session.media", payload });
  await until(() => arrived.length > 1);
  deepEqual(arrived, ["worker.hello", "session.media"]);
  socket?.terminate();
  server.close();
});

/** Requests an upgrade and closes before the answer. Resolves when the connection is closed. */
function askAndGo(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(port, "127.0.0.1", () => {
    const head = [
      "GET /ws HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    socket.write(head.join("\r\n") + "\r\n\r\n", () => socket.resetAndDestroy());
  });
  socket.on("error", () => {});
  socket.once("close", () => resolve());
  return promise;
}

Deno.test("[ADM6] a connection that breaks during its upgrade no longer counts", async () => {
  const limits = {
    maxPerAddress: 4,
    perSecond: 1_000,
    origins: [],
    localOnly: false,
    onDefaultPort: false,
  };
  await using coordinator = serveCoordinator({ limits });
  await coordinator.worker();
  for (let n = 0; n < 40; n++) await askAndGo(coordinator.port);
  await until(() => coordinator.services.sockets.size === 1);
  // A busy machine may notice the last ones late.
  for (let n = 0; n < 50; n++) {
    const { opened, closed } = coordinator.user();
    if (await Promise.race([opened.then(() => true), closed.then(() => false)])) return;
    await sleep(systemClock, 100);
  }
  throw new Error("Connections that broke still count");
});

import { deepEqual } from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../protocol/clock.ts";
import { SessionId } from "../../protocol/ids.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import { createLog } from "../../protocol/log.ts";
import { createCoordinatorLink } from "../../worker/coordinator_link.ts";
import { helloOf } from "../fakes/coordinator.ts";
import { SeededRandom } from "../fakes/random.ts";
import { until } from "../support/coordinator/served.ts";

Deno.test("[WRK3] what changes between the hello and its answer is told, after the hello", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const heard: string[] = [];
  let socket: WebSocket | undefined;
  server.on("connection", (opened) => {
    socket = opened;
    opened.on("message", (data) => heard.push(JSON.parse(String(data)).type));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const hello: FromWorker = { id: "1", type: "worker.hello", payload: helloOf("w1") };
  using link = createCoordinatorLink({
    clock: systemClock,
    random: new SeededRandom(),
    log: createLog({ clock: systemClock, sink: () => {} }),
    url: `ws://127.0.0.1:${port}`,
    hello: () => hello,
    receive: () => {},
    accepted: () => {},
  });
  const payload = { session_id: SessionId.parse("ana"), connected: true };
  link.send({ id: "2", type: "session.media", payload });
  await until(() => heard.length > 0);
  link.send({ id: "3", type: "session.media", payload });
  await until(() => heard.length > 1);
  deepEqual(heard, ["worker.hello", "session.media"]);
  socket?.terminate();
  server.close();
});

import { connect } from "node:net";
import { OPEN_LIMIT } from "../../coordinator/sockets/socket.ts";
import { serveCoordinator } from "../support/coordinator/served.ts";

/** Asks for an upgrade and is gone before the answer. Resolves when the connection is. */
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

Deno.test("[ADM6] a connection that breaks during its upgrade is counted out again", async () => {
  const limits = {
    maxPerAddress: 4,
    perSecond: 1_000,
    origins: [],
    localOnly: false,
    onDefaultPort: false,
  };
  // Not shut down: Deno 2.9 would wait for such connections without end.
  const coordinator = serveCoordinator({ limits });
  await coordinator.worker();
  for (let n = 0; n < 40; n++) await askAndGo(coordinator.port);
  coordinator.clock.advance(OPEN_LIMIT);
  const user = coordinator.user();
  await user.next("session.ready");
  user.hangUp();
});

/**
 * A cable that can be cut: passes TCP connections on to a port of this machine.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy extends Disposable {
  readonly port: number;
  /** Breaks every connection, and new ones at once. */
  cut(): void;
  mend(): void;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(target, "127.0.0.1");
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => void (whole = true),
    [Symbol.dispose]() {
      cut();
      server.close();
    },
  };
}

/**
 * A network that can break: passes TCP connections on to a port of this machine, cuts them, or drops the
 * bytes of one side while both sides stay open, as on a half-open connection.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A running proxy; disposing it breaks its connections. */
export interface TcpProxy extends Disposable {
  readonly port: number;
  /** Breaks every connection, and new ones at once. */
  cut(): void;
  /** Reads the bytes of this side, the end of the connection included, and passes none on. */
  lose(from: "client" | "server"): void;
  /** Passes all bytes on again. The dropped bytes are not sent later. */
  mend(): void;
}

/** Listens on a free port of loopback and passes on to `target`, a port of loopback. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let whole = true;
  const lost = new Set<"client" | "server">();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (!whole) return near.destroy();
    const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    for (const [from, one, other] of [["client", near, far], ["server", far, near]] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("data", (data) => void (lost.has(from) || other.write(data)));
      one.on("end", () => void (lost.has(from) || other.end()));
      one.on("close", () => {
        sockets.delete(one);
        if (!lost.has(from)) other.destroy();
      });
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
    lose: (from) => void lost.add(from),
    mend() {
      whole = true;
      lost.clear();
    },
    [Symbol.dispose]() {
      cut();
      server.close();
    },
  };
}

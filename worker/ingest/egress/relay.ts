/**
 * A port on loopback that one client reaches a connection by. FFmpeg dials by name and checks no certificate, so it
 * dials this port, and the connection behind it was dialled and checked here.
 *
 * @module
 */

/** A relay with one client. Disposing ends both connections. */
export interface Relay extends Disposable {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
}

/** Relays the first client of a new port to `connection`; when one end closes, both are closed. */
export function openRelay(connection: Deno.Conn): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ends: Disposable[] = [listener, connection];
  void relay().catch(() => {}).finally(dispose);

  async function relay(): Promise<void> {
    const client = await listener.accept();
    ends.push(client);
    listener.close();
    await Promise.race([
      client.readable.pipeTo(connection.writable),
      connection.readable.pipeTo(client.writable),
    ]);
  }

  function dispose(): void {
    for (const end of ends.splice(0)) {
      try {
        end[Symbol.dispose]();
      } catch {
        // It is closed already.
      }
    }
  }

  return { port: (listener.addr as Deno.NetAddr).port, [Symbol.dispose]: dispose };
}

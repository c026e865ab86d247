/**
 * Starts `packet_counter.ts` and asks it.
 *
 * @module
 */

/** A running counter. Disposing ends it. */
export interface PacketCounter extends AsyncDisposable {
  /** Ports of the loopback interface whose datagrams are counted. */
  readonly ports: readonly number[];
  /** The datagrams received so far. */
  count(): Promise<number>;
}

/** Starts a counter in a process of its own. */
export async function startPacketCounter(): Promise<PacketCounter> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("packet_counter.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const questions = child.stdin.getWriter();
  const next = async () => JSON.parse((await lines.read()).value ?? "null");
  const ports: number[] = await next();
  return {
    ports,
    async count() {
      await questions.write(new TextEncoder().encode("?"));
      return await next();
    },
    async [Symbol.asyncDispose]() {
      await questions.close();
      await child.status;
      await lines.cancel();
    },
  };
}

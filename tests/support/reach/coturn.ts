/**
 * Debian's coturn for tests: one process on loopback with a configuration of its own.
 *
 * @module
 */
import { join } from "node:path";
import { freePort } from "../stack/stack.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** The TURN server's program, of the Debian package `coturn`. */
export const TURNSERVER = "/usr/bin/turnserver";
/** A running TURN server. */
export interface Coturn extends AsyncDisposable {
  /** Where it listens: UDP and TCP. */
  readonly port: number;
  /** What it logged so far. */
  output(): string;
}

/** Lines for a server on loopback alone, which the public internet must not have. */
const LOOPBACK = ["listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "allow-loopback-peers"];

/**
 * Starts coturn with lines of `turnserver.conf` and waits until it listens; disposing ends it. `where`: the lines that
 * say where it listens and relays, loopback if absent.
 */
export async function startCoturn(
  lines: readonly string[],
  { where = LOOPBACK }: { readonly where?: readonly string[] } = {},
): Promise<Coturn> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-coturn-" });
  const port = await freePort();
  const config = [
    `listening-port=${port}`,
    "log-file=stdout",
    "no-cli",
    `pidfile=${folder}/turnserver.pid`,
    `userdb=${folder}/turndb`,
    ...where,
    ...lines,
  ];
  const path = join(folder, "turnserver.conf");
  await Deno.writeTextFile(path, config.join("\n") + "\n");
  const child = new Deno.Command(TURNSERVER, {
    args: ["-c", path, "--verbose"],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const printed: string[] = [];
  const reading = [child.stdout, child.stderr].map(async (pipe) => {
    for await (const chunk of pipe.pipeThrough(new TextDecoderStream())) printed.push(chunk);
  });
  const end = async () => {
    child.kill("SIGKILL");
    await Promise.all([child.status, ...reading]);
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await listening(port);
  } catch (error) {
    await end();
    throw new Error(`coturn does not listen on port ${port}. It printed:\n${printed.join("")}`, {
      cause: error,
    });
  }
  return { port, output: () => printed.join(""), [Symbol.asyncDispose]: end };
}

async function listening(port: number): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

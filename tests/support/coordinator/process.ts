/**
 * The coordinator as a process of its own, with the rights it is given in earnest.
 *
 * @module
 */
import { coordinatorPermissions } from "../../../coordinator/permissions.ts";

const MAIN = new URL("../../../coordinator/main.ts", import.meta.url).pathname;

export interface CoordinatorProcess extends AsyncDisposable {
  /** Where it says it is. */
  readonly url: string;
  /** What it wrote so far, both streams. */
  output(): string;
  /** The token of the first administrator's link; waits until it is printed. */
  setupToken(): Promise<string>;
  signal(signal: Deno.Signal): void;
  readonly ended: Promise<number>;
}

/** Starts it and waits for its first line; an early end resolves to exit code and output. `files`: most open files. */
export async function startCoordinator(
  env: Readonly<Record<string, string>>,
  { files }: { readonly files?: number } = {},
): Promise<CoordinatorProcess | { readonly code: number; readonly output: string }> {
  const command = [Deno.execPath(), "run", "--no-prompt", ...coordinatorPermissions(env), MAIN];
  const limit = files === undefined ? "" : `ulimit -n ${files};`;
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `${limit} exec "$@"`, "sh", ...command],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const ready = Promise.withResolvers<string>();
  const setup = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const part of stream) {
      text += decoder.decode(part, { stream: true });
      const url = /^Farpad is at (\S+)$/m.exec(text)?.[1];
      if (url) ready.resolve(url);
      const token = /setup#token=(\S+)\n/.exec(text)?.[1];
      if (token) setup.resolve(token);
    }
  };
  const drained = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = drained.then(() => child.status).then(({ code }) => code);
  const first = await Promise.race([ready.promise, ended]);
  if (typeof first === "number") return { code: first, output: text };
  return {
    url: first,
    output: () => text,
    setupToken: () => setup.promise,
    signal: (signal) => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It ended by itself.
      }
      await ended;
    },
  };
}

/** Settings of a coordinator on a free port with a data folder that goes away after `use`. */
export async function withDataFolder(
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    await use({ FARPAD_DATA: folder, FARPAD_PORT: "0" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

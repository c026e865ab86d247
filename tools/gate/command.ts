/**
 * Runs one command in a process group of its own, shows its output, and ends the whole group when the command
 * ends or reaches its time limit.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";

/** The limits and the environment of a command. */
export interface CommandOptions {
  /** In milliseconds. */
  readonly timeLimit: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Shows the output in one piece when the command has ended, so that commands at the same time do not mix theirs. */
  readonly whole?: boolean;
}

/** How a command ended. */
export interface CommandEnd {
  readonly code: number;
  /** The text of its standard output. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** Time between the first signal to a group and SIGKILL, in milliseconds. */
const GRACE = 3_000;
/** How long a pipe may stay open after its command ended, in milliseconds. */
const DRAIN = 1_000;

const running = new Set<number>();

/** Runs a command to its end or its time limit. A program that cannot be started gives the code 127. */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { timeLimit, env = {}, whole = false }: CommandOptions,
): Promise<CommandEnd> {
  let child;
  try {
    child = new Deno.Command(program, {
      args,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    console.error(`Cannot start ${program}: ${errorText(error)}`);
    return { code: 127, output: "", timedOut: false };
  }
  const { pid } = child;
  running.add(pid);
  let timedOut = false;
  let lastResort: ReturnType<typeof setTimeout> | undefined;
  const limit = setTimeout(() => {
    timedOut = true;
    signalGroup(pid, "SIGTERM");
    lastResort = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE);
  }, timeLimit);

  const shown: Uint8Array[] = [];
  const kept = { writeSync: (bytes: Uint8Array) => (shown.push(bytes), bytes.length) };
  const out = new Tee(child.stdout, whole ? kept : Deno.stdout);
  const err = new Tee(child.stderr, whole ? kept : Deno.stderr);
  const { code } = await child.status;
  clearTimeout(limit);
  clearTimeout(lastResort);
  signalGroup(pid, "SIGKILL");
  running.delete(pid);
  await Promise.all([out.finish(), err.finish()]);
  for (const bytes of shown) writeAll(Deno.stdout, bytes);
  return { code: timedOut ? 124 : code, output: out.text, timedOut };
}

/** Ends every running command with all processes that it started. */
export function endAll(): void {
  for (const pid of running) signalGroup(pid, "SIGKILL");
}

function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Copies a pipe to this process's output and keeps the text. */
class Tee {
  text = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #done: Promise<void>;

  constructor(pipe: ReadableStream<Uint8Array>, to: { writeSync(bytes: Uint8Array): number }) {
    this.#reader = pipe.getReader();
    this.#done = this.#copy(to);
  }

  /** Waits for the end of the pipe, {@linkcode DRAIN} at most: a process that left the group may keep it open. */
  async finish(): Promise<void> {
    const timer = setTimeout(() => void this.#reader.cancel(), DRAIN);
    await this.#done;
    clearTimeout(timer);
  }

  async #copy(to: { writeSync(bytes: Uint8Array): number }): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      writeAll(to, value);
      this.text += decoder.decode(value, { stream: true });
    }
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

/**
 * A program of this folder in a process of its own, which prints one line of JSON for each line that it is sent.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A running program. Disposing closes its input, which ends it. */
export interface AskedProcess extends AsyncDisposable {
  /** Sends a line, unless it is absent, and returns the next line of the answer. */
  ask(line?: string): Promise<unknown>;
}

/** Starts a program, by the name of its file. */
export function startAsked(file: string): AskedProcess {
  const path = new URL(file, import.meta.url).pathname;
  const child = spawn(Deno.execPath(), ["run", "-A", "--no-check", path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      if (line !== undefined) child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended without an answer`);
      return JSON.parse(value);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

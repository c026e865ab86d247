/**
 * Reads the files by which the kernel describes the device, below `/proc` and `/sys`. Deno reads those only with every
 * permission there is, so a program of the system reads them, many at once.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** The program that reads: `grep -sH ""` prints each line after the path of its file. */
export const KERNEL_READER = "grep";
/** Longest time it may run, in milliseconds. */
const LIMIT = 4_000;

/** Texts by path. A file that is not there, is empty or cannot be read is left out: devices differ. */
export type KernelFiles = ReadonlyMap<string, string>;
/** Reads some files. No path may hold a colon. */
export type ReadKernelFiles = (paths: readonly string[]) => Promise<KernelFiles>;

/** Makes the function that reads. It throws when the program cannot be run. */
export function createKernelReader(clock: Clock): ReadKernelFiles {
  return async (paths) => {
    const stopper = new AbortController();
    const limit = clock.after(LIMIT, () => stopper.abort());
    try {
      const { stdout } = await new Deno.Command(KERNEL_READER, {
        args: ["-sH", "", ...paths],
        // Names of devices may hold any bytes; in this locale each byte is a character of a text.
        env: { LC_ALL: "C" },
        stdin: "null",
        stdout: "piped",
        stderr: "null",
        signal: stopper.signal,
      }).output();
      return parseKernelFiles(new TextDecoder().decode(stdout));
    } finally {
      limit[Symbol.dispose]();
    }
  };
}

/** Puts the lines `path:line` together by path. */
export function parseKernelFiles(text: string): KernelFiles {
  const files = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const path = line.slice(0, colon);
    files.set(path, `${files.get(path) ?? ""}${line.slice(colon + 1)}\n`);
  }
  return files;
}

/** The first line of a file, without the spaces around it. */
export function firstLine(files: KernelFiles, path: string): string | undefined {
  return files.get(path)?.split("\n", 1)[0]?.trim();
}

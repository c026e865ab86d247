/**
 * Makes the cover of a game in a process of its own, at the lowest priority, without network and without a folder to
 * write to. Whatever the core in it does costs the worker nothing but that cover.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { MAX_PICTURE } from "../../protocol/picture/small_picture.ts";
import { childEnvironment } from "../../protocol/process/environment.ts";
import { killGroup } from "../../protocol/process/group.ts";
import { forTask } from "../isolation/sandbox.ts";
import type { SteppedSpec } from "../sources/ports.ts";

/** Most time for a cover, in milliseconds: on a machine with other work the last of all programs takes its time. */
const LIMIT = 180_000;
/** Most bytes that the process may print; cores print lines of their own. */
const MAX_OUTPUT = 1024 * 1024;
/**
 * Runs a program after all others: by its own priority, and by that of its session where the system groups processes by
 * session (sched(7)). It ends after a minute of processor time also when the worker was killed.
 */
const LAST = `echo 19 >/proc/self/autogroup; ulimit -t 60; exec nice -n 19 "$@"`;

/** What became of a cover: a JPEG; nothing to see; or it failed, with the reason. */
export type MadeCover =
  | { readonly jpeg: Uint8Array<ArrayBuffer> }
  | { readonly none: string }
  | { readonly failed: string };

/** A cover that is being made. Disposing ends its process; `made` resolves with `failed` then. */
export interface CoverProcess extends Disposable {
  readonly made: Promise<MadeCover>;
}

/** Starts to make the cover of a game. */
export type StartCover = (spec: SteppedSpec) => CoverProcess;

/** How the process is started. */
export interface CoverProcessOptions {
  readonly clock: Clock;
  /** Flags of `deno run`. */
  readonly permissions: readonly string[];
  /** The command that confines a process with cores; empty: none. */
  readonly sandbox: readonly string[];
  /** Path of the program; that of this module's own when absent. */
  readonly entry?: string;
}

/** Makes the function that starts processes. */
export function coverProcesses(options: CoverProcessOptions): StartCover {
  return (spec) => start(options, unsaved(spec));
}

function start(
  { clock, permissions, sandbox, entry }: CoverProcessOptions,
  spec: SteppedSpec,
): CoverProcess {
  const path = entry ?? fileURLToPath(new URL("./cover_main.ts", import.meta.url));
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, path];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("sh", {
      args: ["-c", LAST, "sh", ...confined(sandbox), ...run, JSON.stringify(spec)],
      clearEnv: true,
      env: childEnvironment(),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
  } catch (error) {
    return { made: Promise.resolve({ failed: errorText(error) }), [Symbol.dispose]: () => {} };
  }
  let why: string | undefined;
  const end = (reason: string) => {
    why ??= reason;
    killGroup(child.pid);
  };
  const limit = clock.after(LIMIT, () => end(`It did not end within ${LIMIT / 1_000} s`));
  return {
    made: finish(child, end).then((last) => {
      limit[Symbol.dispose]();
      return why === undefined ? last : { failed: why };
    }),
    [Symbol.dispose]: () => end("It was ended"),
  };
}

async function finish(
  child: Deno.ChildProcess,
  end: (reason: string) => void,
): Promise<MadeCover> {
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.length > MAX_OUTPUT) {
      end("It printed too much");
      break;
    }
  }
  const { success, code, signal } = await child.status;
  if (!success) return { failed: `The process ended by ${signal ?? `exit code ${code}`}` };
  return readAnswer(text);
}

/** Reads the last line that the process printed: it runs native code, so nothing in it is trusted. */
export function readAnswer(text: string): MadeCover {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  if (line.startsWith("none:")) return { none: line.slice(5, 405) };
  if (!line.startsWith("cover:")) return { failed: "It printed no answer" };
  const jpeg = new Uint8Array(Buffer.from(line.slice(6), "base64"));
  const isJpeg = jpeg[0] === 0xff && jpeg[1] === 0xd8 && jpeg[2] === 0xff;
  if (!isJpeg || jpeg.length > MAX_PICTURE) return { failed: "It made no JPEG, or a large one" };
  return { jpeg };
}

/** The sandbox of rooms without their network, and with nothing to write to. */
export function confined(sandbox: readonly string[]): string[] {
  if (sandbox.length === 0) return [];
  const closed = sandbox.slice(0, -1).map((part) => part === "--bind" ? "--ro-bind" : part);
  return forTask([...closed, "--unshare-net", "--"]);
}

/** The source without a folder for what the game saves. */
function unsaved(spec: SteppedSpec): SteppedSpec {
  if (!("saves" in spec)) return spec;
  const { saves: _saves, ...others } = spec;
  return others;
}

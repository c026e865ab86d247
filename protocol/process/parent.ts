/**
 * A child process's pipe to the process that started it (`child.ts`). The parent may end at any moment. The child
 * notices this by a closed pipe or by a message that could not be written; both call the same method.
 *
 * @module
 */
import process from "node:process";
import { every, systemClock } from "../clock.ts";
import { holdProcessFile } from "./process_files.ts";

/** Time between two looks at the parent's id, in milliseconds. */
const LOOK_PERIOD = 1_000;

/** The argument that names a child's process file. */
export const PROCESS_FILE = "--process-file=";

/** The events of the parent process, for the child. */
export interface ParentListener<In> {
  receive(message: In): void;
  /** The parent ended. Called once; the child has to end too. */
  gone(): void;
}

/** Sends messages to the parent. */
export interface Parent<Out> {
  /** Sends a message; it is dropped when the parent has ended. */
  send(message: Out): void;
}

/**
 * Locks this process's file and listens to the parent. Earlier messages are not delivered, so the child first reports
 * that it is ready.
 */
export function connectParent<In, Out>(listener: ParentListener<In>): Parent<Out> {
  let state: "connected" | "gone" = "connected";
  const gone = () => {
    if (state === "gone") return;
    state = "gone";
    listener.gone();
  };
  if (!holdOwnFile()) queueMicrotask(gone);
  process.on("message", (message: In) => listener.receive(message));
  watchParent(gone);
  return {
    send(message) {
      if (state === "gone") return;
      if (!process.connected) return gone();
      // The write happens later. Without the callback, a pipe that is broken by then is an uncaught error.
      process.send!(message, undefined, undefined, (error) => {
        if (error) gone();
      });
    },
  };
}

/**
 * Calls `gone` once when the program that started this process is gone. A process that was started without a message
 * pipe, as a service, goes on by itself.
 */
export function whenParentGone(gone: () => void): void {
  if (process.send === undefined) return;
  let state: "there" | "gone" = "there";
  watchParent(() => {
    if (state === "there") gone();
    state = "gone";
  });
}

/**
 * Calls `gone` at least once when the parent has ended. Its pipe closes, which the runtime (Deno 2.9) does not report
 * when the parent left messages unread: reading then fails with `ECONNRESET` and no event follows. The system gives a
 * child whose parent has ended another parent, so the parent's id tells it for certain.
 */
function watchParent(gone: () => void): void {
  if (!process.connected) return queueMicrotask(gone);
  process.on("disconnect", gone);
  const parent = Deno.ppid;
  const looking = every(systemClock, LOOK_PERIOD, () => {
    if (Deno.ppid === parent) return;
    looking[Symbol.dispose]();
    gone();
  });
}

/** False when the file is gone: the parent ended, and its next start removed the files of its children. */
function holdOwnFile(): boolean {
  const path = Deno.args.find((argument) => argument.startsWith(PROCESS_FILE));
  if (path === undefined) return true;
  try {
    holdProcessFile(path.slice(PROCESS_FILE.length));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

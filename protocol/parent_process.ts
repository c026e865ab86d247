/**
 * A child process's pipe to the process that started it (`node:child_process.fork`). The parent may die at any moment,
 * also between two instructions of the child: both signs of it, the closed pipe and a message that finds it broken,
 * arrive at one place.
 *
 * @module
 */
import process from "node:process";

/** What a process is told about the process that started it. */
export interface ParentListener<In> {
  receive(message: In): void;
  /** The parent is gone. Called once; the process is to end. */
  gone(): void;
}

/** Sends messages to the parent. */
export interface Parent<Out> {
  /** Sends a message; it is dropped when the parent is gone. */
  send(message: Out): void;
}

/** Listens to the parent. Messages that came before are not delivered: the child says first that it is ready. */
export function connectParent<In, Out>(listener: ParentListener<In>): Parent<Out> {
  let state: "connected" | "gone" = "connected";
  const gone = () => {
    if (state === "gone") return;
    state = "gone";
    listener.gone();
  };
  process.on("message", (message: In) => listener.receive(message));
  process.on("disconnect", gone);
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

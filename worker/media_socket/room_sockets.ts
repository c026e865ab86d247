/**
 * The media sockets of one room process, as the worker's main process holds them: passes the messages of each browser
 * into the pipe, and those of the room to its browser.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import { CLOSE } from "../../protocol/close.ts";
import { errorText } from "../../protocol/error_text.ts";
import {
  encodePipe,
  type PipeMessage,
  pipeReader,
  SOCKET_NUMBERS,
  type SocketTarget,
} from "./pipe_messages.ts";

/** Bytes that may wait for a room process; further messages of browsers are dropped, and newer ones replace them. */
const MAX_WAITING = 256 * 1024;

/** What a room sends on one socket. */
export interface SocketListener {
  message(bytes: Uint8Array): void;
  /** The room, or its process, ends the connection. */
  close(code: number, reason: string): void;
}

/** One socket of a room, for the end that the browser is connected to. */
export interface RoomSocket {
  /** Passes a message of the browser to the room. */
  message(bytes: Uint8Array): void;
  /** The browser's connection is over. */
  closed(reason: string): void;
}

/** Opens media sockets of one room process. */
export interface RoomSockets {
  /** Gives the room a socket; `undefined` when its process has ended. */
  open(target: SocketTarget, listener: SocketListener): RoomSocket | undefined;
}

/** The sockets of a process at the other end of `pipe`. `fault` is called with a sentence when the pipe breaks. */
export function roomSockets(
  pipe: Duplex | undefined,
  fault: (what: string) => void = () => {},
): RoomSockets {
  const listeners = new Map<number, SocketListener>();
  let next = 0;
  let isOver = pipe === undefined;
  const read = pipeReader(receive);
  pipe?.on("data", (bytes: Uint8Array) => {
    try {
      read(bytes);
    } catch (error) {
      fault(errorText(error));
      pipe.destroy();
    }
  });
  // The exit of the process reports why the pipe is closed.
  pipe?.on("error", () => {});
  pipe?.on("close", () => {
    isOver = true;
    for (const listener of listeners.values()) {
      listener.close(CLOSE.goingAway, "The room is closed");
    }
    listeners.clear();
  });

  function receive(message: PipeMessage): void {
    const listener = listeners.get(message.socket);
    if (message.type === "message") listener?.message(message.bytes);
    if (message.type !== "close") return;
    listeners.delete(message.socket);
    listener?.close(message.code, message.reason);
  }

  function send(message: PipeMessage): void {
    if (!isOver) pipe?.write(encodePipe(message));
  }

  return {
    open(target, listener) {
      if (isOver || listeners.size >= SOCKET_NUMBERS) return undefined;
      while (listeners.has(next)) next = (next + 1) % SOCKET_NUMBERS;
      const socket = next;
      next = (next + 1) % SOCKET_NUMBERS;
      listeners.set(socket, listener);
      send({ type: "open", socket, target });
      return {
        message(bytes) {
          if (!listeners.has(socket) || pipe!.writableLength > MAX_WAITING) return;
          send({ type: "message", socket, bytes });
        },
        closed(reason) {
          if (listeners.delete(socket)) send({ type: "close", socket, code: CLOSE.normal, reason });
        },
      };
    },
  };
}

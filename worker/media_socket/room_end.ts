/**
 * The room process's end of the media pipe: gives each media socket to the room, and the room's messages to the pipe.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import type { CloseCode } from "../../protocol/close.ts";
import { CLOSE } from "../../protocol/close.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { MediaSocket, SocketPeer } from "./socket_peer.ts";
import { encodePipe, type PipeMessage, pipeReader, type SocketTarget } from "./pipe_messages.ts";

/** Takes a socket whose ticket is checked; `undefined` when the session has no such offer any more. */
export type TakeSocket = (target: SocketTarget, socket: MediaSocket) => SocketPeer | undefined;

/** Reads the pipe until it closes. Messages of a room to a pipe that is closed are dropped. */
export function serveMediaPipe(
  pipe: Duplex,
  { log, take }: { readonly log: Log; readonly take: TakeSocket },
): void {
  const peers = new Map<number, SocketPeer>();
  const read = pipeReader(receive);
  pipe.on("data", (bytes: Uint8Array) => {
    try {
      read(bytes);
    } catch (error) {
      log.error("media pipe closed", { error: errorText(error) });
      pipe.destroy();
    }
  });
  // The message pipe reports a parent that is gone, and the process then ends.
  pipe.on("error", (error) => log.debug("media pipe closed", { error: errorText(error) }));

  function receive(message: PipeMessage): void {
    const { socket } = message;
    switch (message.type) {
      case "open": {
        const peer = take(message.target, socketOf(socket));
        if (peer) return void peers.set(socket, peer);
        const reason = "The offer of this ticket is over";
        return send({ type: "close", socket, code: CLOSE.forbidden, reason });
      }
      case "message":
        return peers.get(socket)?.receive(message.bytes);
      case "close": {
        const peer = peers.get(socket);
        peers.delete(socket);
        return peer?.gone(message.reason);
      }
    }
  }

  function socketOf(socket: number): MediaSocket {
    return {
      send: (bytes) => send({ type: "message", socket, bytes }),
      close(code: CloseCode, reason) {
        peers.delete(socket);
        send({ type: "close", socket, code, reason });
      },
    };
  }

  function send(message: PipeMessage): void {
    if (pipe.writable) pipe.write(encodePipe(message));
  }
}

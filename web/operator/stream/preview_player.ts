/**
 * The dashboard's preview: the player's own session, in a room of a stream, without a seat and without a resume
 * token. It is not counted as a viewer. Loaded only when a picture is watched.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { RoomId } from "../../../protocol/ids.ts";
import type { Random } from "../../../protocol/random.ts";
import { Connection } from "../../play/join/connection.ts";
import { Game } from "../../play/join/game.ts";
import { fetchPing } from "../../play/join/latency.ts";
import { browserPeers } from "../../play/media/peer.ts";
import { dialWebSocket, legUrl } from "../../shared/socket/web_socket.ts";

/** A preview's session in a room; disposing it leaves the room. */
export interface PreviewPlayer extends Disposable {
  readonly game: Game;
}

/** `small`: one of many pictures on a page, which gets the small layer. */
export type PreviewSize = "whole" | "small";

/** Joins a room as a preview. */
export function watchRoom(
  roomId: RoomId,
  { clock, random, size }: { clock: Clock; random: Random; size: PreviewSize },
): PreviewPlayer {
  const connection = new Connection({
    clock,
    random,
    dial: dialWebSocket,
    ping: fetchPing,
    address: (query) => legUrl("/ws", { ...query, preview: size === "small" ? "small" : "yes" }),
    tokens: { take: () => undefined, keep: () => {} },
    roomId,
    listener: (message) => game.receive(message),
  });
  const game = new Game(connection, { clock, random, createPeer: browserPeers() });
  game.play({ roomId });
  return {
    game,
    [Symbol.dispose]() {
      connection.socket.send("app.quit", {});
      game[Symbol.dispose]();
      connection[Symbol.dispose]();
    },
  };
}

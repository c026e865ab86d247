/**
 * A player's session as the services of the coordinator see it, and the wish and the socket of its player.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { PeerId, RoomId, SessionId, WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { ToUser } from "../../protocol/legs/user_leg.ts";
import type { Connection } from "../sockets/serve_leg.ts";
import type { Pass } from "./pass.ts";
import type { SessionState } from "./session.ts";

/** The socket of a player. */
export type UserConnection = Pick<Connection<ToUser>, "address" | "send" | "close">;

/** The room, zone or worker that the player's address names. */
export interface PlayerWish {
  readonly room_id?: RoomId | undefined;
  readonly zone?: ZoneId | undefined;
  readonly worker_id?: WorkerId | undefined;
  /** The picture is to be shown in the dashboard; `small`: beside many others. */
  readonly preview?: "yes" | "small" | undefined;
}

/** A player's session, read-only; only `play/sessions.ts` changes it. */
export interface Session {
  readonly session_id: SessionId;
  readonly state: SessionState;
  /** The player's socket; `undefined` while the player is away. */
  readonly connection: UserConnection | undefined;
  readonly wish: PlayerWish;
  /** What this player may do. */
  readonly pass: Pass;
  /** Median round trip from the player's browser to each worker, in milliseconds. */
  readonly rtts: ReadonlyMap<WorkerId, number>;
  /** The worker that was promised to the session, or that keeps its place. */
  readonly worker: WorkerId;
  readonly room: RoomId | undefined;
  /** The newest peer connections that its worker offered. */
  readonly peers: readonly PeerId[];
  /** When the player last received ICE servers. */
  readonly greetedAt: Millis;
  /** Whether the session began before this coordinator started, so that a worker may still report its room. */
  readonly returning: boolean;
}

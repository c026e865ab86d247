/**
 * Share links that players make: the host of a room lets others in, as players or as watchers.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { RoomId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { FromUser } from "../../protocol/legs/user_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { Pass } from "../domain/pass.ts";
import type { Workers } from "../workers.ts";
import { refusal, toUserMessage } from "./messages.ts";
import type { Rights } from "./rights.ts";
import type { Session } from "../domain/player_session.ts";

/** Links that may be made of one room. */
export const LINKS_PER_ROOM = 40;

type ShareMessage = Extract<FromUser, { type: "share.create" }>;

/** Keeps share links. */
export interface LinkKeeper {
  /** Makes a link to a room; resolves with its path, whose query holds the secret, and when it expires. */
  shareRoom(
    room: Room,
    link: ShareMessage["payload"] & { readonly by: Pass },
  ): Promise<{ path: string; expires_at: number }>;
}

/** What {@linkcode Sharing} is made of. */
export interface SharingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly rights: Rights;
  /** Absent where no access control runs. */
  readonly links: () => LinkKeeper | undefined;
}

/** Makes share links for the hosts of rooms. */
export class Sharing {
  readonly #ports: SharingPorts;
  readonly #made = new Map<RoomId, number>();

  constructor(ports: SharingPorts) {
    this.#ports = ports;
  }

  /** A player asks for a link to the room that the session is in. */
  async create(session: Session, request: ShareMessage): Promise<void> {
    const { workers, links } = this.#ports;
    const room = session.room && workers.room(session.room);
    const keeper = links();
    const problem = this.#problem(session, room, keeper);
    if (problem || !room || !keeper) {
      const { code, message } = problem ?? NO_ROOM;
      return void session.connection?.send(refusal(this.#ports, { request, code, message }));
    }
    this.#made.set(room.room_id, (this.#made.get(room.room_id) ?? 0) + 1);
    try {
      const payload = await keeper.shareRoom(room, { ...request.payload, by: session.pass });
      const body = { id: request.id, type: "share.create.response", payload } as const;
      session.connection?.send(toUserMessage(this.#ports, body));
    } catch {
      // The store reports its fault itself.
      const message = "Cannot make a link: Farpad cannot write to its disk";
      session.connection?.send(refusal(this.#ports, { request, code: "storage", message }));
    }
  }

  /** A room changed: of one that is closed no link is counted any more. */
  roomChanged({ room_id, state }: Room): void {
    if (state === "closed") this.#made.delete(room_id);
  }

  #problem(
    { pass }: Session,
    room: Room | undefined,
    keeper: LinkKeeper | undefined,
  ): Refusal | undefined {
    if (!room || !keeper) return NO_ROOM;
    if (!this.#ports.rights.mayInRoom(pass, "share", room)) {
      const message = `Cannot share room ${room.room_id}: only its host can`;
      return { code: "share.forbidden", message };
    }
    if ((this.#made.get(room.room_id) ?? 0) < LINKS_PER_ROOM) return undefined;
    const message = `Cannot make another link: room ${room.room_id} has ${LINKS_PER_ROOM}`;
    return { code: "too_many", message };
  }
}

const NO_ROOM: Refusal = { code: "room.empty", message: "Cannot share: nothing runs here yet" };

/**
 * Share links that players make: the host of a room lets others in, as watchers, players or hosts, sees which links
 * work, and revokes them.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Refusal } from "../../protocol/envelope.ts";
import type { RoomId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { FromUser, ToUser } from "../../protocol/legs/user_leg.ts";
import type { LinkRole } from "../../protocol/pass.ts";
import type { Random } from "../../protocol/random.ts";
import type { Pass } from "../domain/pass.ts";
import type { Workers } from "../workers.ts";
import { refusal, toUserMessage } from "./messages.ts";
import type { Rights } from "./rights.ts";
import type { Session } from "../domain/player_session.ts";

/** Links that the players of a room have at most. */
export const LINKS_PER_ROOM = 40;
/** Links that a list has at most: those of the room's players, and some of the fleet's operators. */
const MOST_LISTED = 100;

type Message<T extends FromUser["type"]> = Extract<FromUser, { type: T }>;

/** Keeps share links. */
export interface LinkKeeper {
  /** Makes a link to a room; resolves with its id, its path, whose query holds the secret, and when it expires. */
  shareRoom(
    room: Room,
    link: { readonly role: LinkRole; readonly by: Pass; readonly parent?: string | undefined },
  ): Promise<{ path: string; expires_at: number; share_id: string }>;
  /** The links to a room that work, the newest first. */
  roomLinks(room: RoomId): Promise<
    readonly {
      readonly share_id: string;
      readonly role?: LinkRole | undefined;
      readonly created_at: number;
      readonly expires_at?: number | undefined;
    }[]
  >;
  /** Ends a link to a room for its host; false: there is none of that id. */
  revokeRoomLink(room: RoomId, share_id: string, by: Pass): Promise<boolean>;
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

/** Makes, lists and revokes share links for the hosts of rooms. */
export class Sharing {
  readonly #ports: SharingPorts;
  /** The links of each room that its players made; a symbol for one that is being made. */
  readonly #made = new Map<RoomId, Set<string | symbol>>();

  constructor(ports: SharingPorts) {
    this.#ports = ports;
  }

  /** A player asks for a link to the room that the session is in. */
  create(session: Session, request: Message<"share.create">): Promise<void> {
    return this.#asHost(session, request, async ({ room, keeper }) => {
      const { room_id } = room;
      const made = this.#made.get(room_id) ?? new Set();
      this.#made.set(room_id, made);
      if (made.size >= LINKS_PER_ROOM) await forgetEnded(made, () => keeper.roomLinks(room_id));
      if (made.size >= LINKS_PER_ROOM) {
        const message = `Cannot make another link: room ${room_id} has ${LINKS_PER_ROOM}`;
        return { code: "too_many", message };
      }
      const place = Symbol();
      made.add(place);
      const parent = this.#parent(session.pass, room);
      const link = { ...request.payload, by: session.pass, parent };
      try {
        const payload = await keeper.shareRoom(room, link);
        made.add(payload.share_id);
        return { type: "share.create.response", payload };
      } finally {
        made.delete(place);
      }
    });
  }

  /** A host asks which links to the room work. */
  list(session: Session, request: Message<"share.list">): Promise<void> {
    return this.#asHost(session, request, async ({ room, keeper }) => {
      const all = await keeper.roomLinks(room.room_id);
      const links = all.slice(0, MOST_LISTED).map((
        { share_id, role = "player", created_at, expires_at },
      ) => ({ share_id, role, created_at, ...(expires_at !== undefined && { expires_at }) }));
      return { type: "share.list.response", payload: { links } };
    });
  }

  /** A host ends a link, and with it the visits of those who came by it (PAS8). */
  revoke(session: Session, request: Message<"share.revoke">): Promise<void> {
    return this.#asHost(session, request, async ({ room, keeper }) => {
      const { share_id } = request.payload;
      if (!await keeper.revokeRoomLink(room.room_id, share_id, session.pass)) {
        return { code: "share.unknown", message: `Room ${room.room_id} has no such link` };
      }
      this.#made.get(room.room_id)?.delete(share_id);
      return { type: "share.revoke.response", payload: {} };
    });
  }

  /** A room changed: of one that is closed no link is counted any more. */
  roomChanged({ room_id, state }: Room): void {
    if (state === "closed") this.#made.delete(room_id);
  }

  /** Answers a request of a host about the room that the session is in, or refuses it. */
  async #asHost(
    session: Session,
    request: Message<"share.create" | "share.list" | "share.revoke">,
    act: (found: { room: Room; keeper: LinkKeeper }) => Promise<Answer | Refusal>,
  ): Promise<void> {
    const { workers, links, rights } = this.#ports;
    const room = session.room && workers.room(session.room);
    const keeper = links();
    let answer: Answer | Refusal = NO_ROOM;
    if (room && keeper) {
      const message = `Cannot share room ${room.room_id}: only its host can`;
      // The store reports its fault itself.
      answer = rights.mayInRoom(session.pass, "share", room)
        ? await act({ room, keeper }).catch(() => BROKEN_STORE)
        : { code: "share.forbidden", message };
    }
    if ("code" in answer) {
      return void session.connection?.send(refusal(this.#ports, { request, ...answer }));
    }
    session.connection?.send(toUserMessage(this.#ports, { id: request.id, ...answer } as ToUser));
  }

  /** The link that makes a player host; `undefined`: the player is host without one. */
  #parent(pass: Pass, room: Room): string | undefined {
    const openings = pass.openings.filter(({ opens }) => opens !== "room");
    const isHostAnyway = this.#ports.rights.mayInRoom({ ...pass, openings }, "share", room);
    return isHostAnyway ? undefined : pass.proof?.shareId;
  }
}

/** Counts no link any more that has expired, or was removed by an operator or with the link of its maker. */
async function forgetEnded(
  made: Set<string | symbol>,
  read: () => ReturnType<LinkKeeper["roomLinks"]>,
): Promise<void> {
  const before = [...made];
  const good = new Set((await read()).map(({ share_id }) => share_id));
  for (const id of before) if (typeof id === "string" && !good.has(id)) made.delete(id);
}

type Answer = {
  [T in "share.create.response" | "share.list.response" | "share.revoke.response"]: {
    readonly type: T;
    readonly payload: Exclude<
      Extract<ToUser, { type: T }>["payload"],
      { readonly error: unknown }
    >;
  };
}["share.create.response" | "share.list.response" | "share.revoke.response"];

const NO_ROOM: Refusal = { code: "room.empty", message: "Cannot share: nothing runs here yet" };
const BROKEN_STORE: Refusal = {
  code: "storage",
  message: "Cannot change a link: Farpad cannot write to its disk",
};

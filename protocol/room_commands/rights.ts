/**
 * Who may do what in a room: one table, by which the worker decides, and by which a page knows what to offer.
 *
 * @module
 */
import type { RefusalCode } from "../legs/refusals.ts";
import type { RoomRole } from "../pass.ts";
import type { Verb } from "./verbs.ts";

/** What a verb takes. */
interface Right {
  /** The least role. */
  readonly role: RoomRole;
  /** `own`: a seat. `this`: the seat that it is about, or the role of a host. */
  readonly seat?: "own" | "this";
  /** The track that it is about. */
  readonly track?: "own";
  /** What the state of the room has to allow. A host may write in any chat, and take a locked seat. */
  readonly while?: "unlocked" | "chat_open" | "no_live_picture" | "target_no_host";
}

/** The table. */
export const RIGHTS: Readonly<Record<Verb, Right>> = {
  "announce": { role: "watcher" },
  "seat.take": { role: "player", while: "unlocked" },
  "seat.add": { role: "player", seat: "own", while: "unlocked" },
  "seat.leave": { role: "watcher" },
  "seat.give": { role: "player", seat: "this" },
  "seat.lock": { role: "host" },
  "seat.request": { role: "player" },
  "seat.refuse": { role: "player", seat: "this" },
  "app.save": { role: "player", seat: "own", while: "no_live_picture" },
  "app.load": { role: "player", seat: "own", while: "no_live_picture" },
  "app.reset": { role: "player", seat: "own", while: "no_live_picture" },
  "app.rewind": { role: "player", seat: "own", while: "no_live_picture" },
  "app.undo_rewind": { role: "player", seat: "own", while: "no_live_picture" },
  "save.list": { role: "player", while: "no_live_picture" },
  "save.picture": { role: "player", while: "no_live_picture" },
  "save.rename": { role: "player", while: "no_live_picture" },
  "save.download": { role: "player", while: "no_live_picture" },
  "save.upload": { role: "player", seat: "own", while: "no_live_picture" },
  "save.remove": { role: "player", while: "no_live_picture" },
  "option.list": { role: "watcher", while: "no_live_picture" },
  "option.set": { role: "host", while: "no_live_picture" },
  "app.pause": { role: "player", seat: "own", while: "no_live_picture" },
  "record.set": { role: "player" },
  "record.clip": { role: "player" },
  "room.screenshot": { role: "watcher" },
  "room.options": { role: "host" },
  "person.kick": { role: "host", while: "target_no_host" },
  "chat.say": { role: "watcher", while: "chat_open" },
  "topic.subscribe": { role: "watcher" },
  "topic.unsubscribe": { role: "watcher" },
  "topic.publish": { role: "watcher", while: "chat_open" },
  "track.allocate": { role: "watcher", while: "chat_open" },
  "track.release": { role: "watcher", track: "own" },
  "track.subscribe": { role: "watcher" },
  "track.unsubscribe": { role: "watcher" },
};

/** The person who asks, and what the verb is about. */
export interface Circumstances {
  /** Whether the person has announced itself. */
  readonly announced: boolean;
  readonly role: RoomRole;
  /** The seats that the person holds. */
  readonly ownSeats: readonly number[];
  /** The seat that the verb is about. */
  readonly seat?: number | undefined;
  /** Whether that seat is locked. */
  readonly locked?: boolean | undefined;
  /** The role of the person that the verb is about. */
  readonly target?: RoomRole | undefined;
  /** Whether the track that the verb is about is the person's own. */
  readonly ownTrack?: boolean | undefined;
  /** Whether watchers may write in the chat, and talk. */
  readonly watchersChat: boolean;
  /** Whether a live picture is shown. */
  readonly live: boolean;
}

const RANK: Readonly<Record<RoomRole, number>> = { watcher: 0, player: 1, host: 2 };

/** Why a person may not do this; `undefined`: it may. */
export function whyNot(verb: Verb, person: Circumstances): RefusalCode | undefined {
  const right = RIGHTS[verb];
  if (!person.announced && verb !== "announce") return "announce.needed";
  if (RANK[person.role] < RANK[right.role]) {
    return right.role === "host" ? "role.host" : "role.watcher";
  }
  const isHost = person.role === "host";
  const isOwn = person.seat !== undefined && person.ownSeats.includes(person.seat);
  if (right.seat === "own" && person.ownSeats.length === 0) return "seat.needed";
  if (right.seat === "this" && !isHost && !isOwn) return "seat.needed";
  if (right.track === "own" && !person.ownTrack) return "track.forbidden";
  switch (right.while) {
    case "unlocked":
      return person.locked && !isHost && !isOwn ? "seat.locked" : undefined;
    case "chat_open":
      return person.role === "watcher" && !person.watchersChat ? "chat.closed" : undefined;
    case "no_live_picture":
      return person.live ? "app.live" : undefined;
    case "target_no_host":
      return person.target === "host" ? "role.host" : undefined;
    case undefined:
      return undefined;
  }
}

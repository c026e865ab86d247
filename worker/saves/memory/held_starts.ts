/**
 * Holds back the start of a game in a room process until the memory of its cartridge is there.
 *
 * @module
 */
import { basename, relative } from "node:path";
import type { SessionId } from "../../../protocol/ids.ts";
import type { ToRoom } from "../../room/ipc.ts";
import type { RoomProcess, StartRoomProcess } from "../../room_process.ts";
import type { OwnedGame } from "./game_memory.ts";
import type { MemoryLease, SharedMemory } from "./shared_memory.ts";

type Start = Extract<ToRoom, { type: "start" | "take_over" }>;

const HOLDER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Starts room processes whose games share their memory. `root`: the folder of memories, of all owners. */
export function sharingMemory(
  start: StartRoomProcess,
  { memory, root }: { readonly memory: SharedMemory; readonly root: string },
): StartRoomProcess {
  return (listener, recordings) => {
    const held = new HeldStarts();
    let by = "room";
    const process = start({
      ...listener,
      message(message) {
        if (message.type === "session.ended") held.leave(message.payload.session_id);
        return listener.message(message);
      },
      exited() {
        held[Symbol.dispose]();
        listener.exited?.();
      },
    }, recordings);
    const own: RoomProcess = {
      pid: process.pid,
      sockets: process.sockets,
      send(message) {
        if (message.type === "configure") by = nameOf(message.settings);
        if (message.type === "close") held.drop();
        if (message.type === "message" && message.message.type === "session.end") {
          held.leave(message.message.payload.session_id);
        }
        if (message.type !== "start" && message.type !== "take_over") return process.send(message);
        const game = gameOf(message, root);
        const open = () =>
          game && memory.open(game, by, (trouble) => {
            process.send({ type: "memory", ...(trouble && { trouble }) });
          });
        held.pass(message, { open, send: () => process.send(message) });
      },
      prefer: () => process.prefer(),
      [Symbol.dispose]: () => process[Symbol.dispose](),
    };
    return own;
  };
}

/** The starts of one process that wait. */
class HeldStarts implements Disposable {
  /** The leases of the games that were started, by app. */
  readonly #leases = new Map<string, MemoryLease | undefined>();
  #waiting: { readonly session: SessionId | undefined }[] = [];

  /** Sends a start, once the memory of its game is there. */
  pass(
    message: Start,
    { open, send }: {
      readonly open: () => MemoryLease | undefined;
      readonly send: () => void;
    },
  ): void {
    const app = message.app.app_id;
    if (!this.#leases.has(app)) this.#leases.set(app, open());
    const lease = this.#leases.get(app);
    if (!lease) return send();
    const session = message.type === "start" ? message.message.payload.session_id : undefined;
    const entry = { session };
    this.#waiting.push(entry);
    void lease.ready.then(() => {
      if (!this.#waiting.includes(entry)) return;
      this.#waiting = this.#waiting.filter((each) => each !== entry);
      send();
    });
  }

  /** A session has left: its start would bring it back. */
  leave(session: SessionId): void {
    this.#waiting = this.#waiting.filter((each) => each.session !== session);
  }

  /** Nothing is started any more. */
  drop(): void {
    this.#waiting = [];
  }

  [Symbol.dispose](): void {
    this.drop();
    for (const lease of this.#leases.values()) lease?.[Symbol.dispose]();
    this.#leases.clear();
  }
}

function nameOf({ roomId, generation }: { roomId: string; generation?: number }): string {
  return generation ? `${roomId}~${generation}` : roomId;
}

/** The game of a start whose memory is kept for an owner; `undefined` when it has none. */
function gameOf(
  { app, spec }: Pick<Start, "app" | "spec">,
  root: string,
): Omit<OwnedGame, "folder"> | undefined {
  if (!("saves" in spec) || spec.saves === undefined) return undefined;
  const holder = relative(root, spec.saves);
  if (!HOLDER.test(holder)) return undefined;
  return { holder, app: app.app_id, rom: basename(spec.zipped ?? spec.rom) };
}

/**
 * Carries out what room processes ask about saves, at a store of which they have no keys. A room reaches the saves of
 * the holders of its sessions and of its own, and nobody else's.
 *
 * @module
 */
import { join } from "node:path";
import { errorText } from "../../../protocol/error_text.ts";
import { newId } from "../../../protocol/ids.ts";
import type { RoomProcess, StartRoomProcess } from "../../room_process.ts";
import type { ToRoom } from "../../room/ipc.ts";
import type { SaveStore } from "../ports.ts";
import { openPlain, readUpTo } from "../../../protocol/disk/plain_file.ts";
import { type StoreAnswer, StoreRequest } from "./messages.ts";

/** Largest save that is passed on, in bytes. */
const MAX_FILE = 64 * 1024 * 1024;
/** Requests of one room that may run at once; a further one is refused. */
const MOST_RUNNING = 32;
/** Bytes of the saves of one room that wait for the store; a further save is refused. */
export const MOST_WAITING_BYTES = 2 * MAX_FILE;
/** Files that lie ready for one room; one more takes the place of the oldest, which a room has read long ago. */
export const MOST_FILES = 64;

interface RelayPorts {
  /** Opens the store for one room, whose requests come in turn with those of others. */
  openStore(): SaveStore;
  /** Where the bytes of saves pass. */
  readonly folder: string;
  readonly ids: Parameters<typeof newId>[0];
}

/** Starts room processes whose requests about saves are carried out. */
export function relayingSaves(start: StartRoomProcess, ports: RelayPorts): StartRoomProcess {
  return (listener, recordings) => {
    const holders = new Set<string>();
    const passed = new PassedFiles(ports.folder);
    const store = ports.openStore();
    const waiting = { bytes: 0 };
    let running = 0;
    const process = start({
      ...listener,
      store(asked) {
        const { success, data: request } = StoreRequest.safeParse(asked);
        if (!success) {
          const { request: number } = asked;
          if (!Number.isSafeInteger(number)) return;
          const error = "The room asked for something else than a save";
          return process.send({ type: "stored", request: number, error });
        }
        const answer = (answer: Omit<StoreAnswer, "type" | "request">) =>
          process.send({ type: "stored", request: request.request, ...answer });
        if (running >= MOST_RUNNING) return answer({ error: "Too many saves wait for the store" });
        const [holder = ""] = request.key.split("/");
        if (!holders.has(holder)) return answer({ error: "These saves are of nobody in the room" });
        running += 1;
        void carryOut({ ...ports, store, waiting }, request, passed)
          .catch((error) => ({ error: errorText(error) }))
          .then(answer)
          .finally(() => running -= 1);
      },
      gone(end) {
        passed[Symbol.dispose]();
        listener.gone(end);
      },
    }, recordings);
    const own: RoomProcess = {
      pid: process.pid,
      sockets: process.sockets,
      send(message) {
        for (const holder of holdersIn(message)) holders.add(holder);
        process.send(message);
      },
      prefer: () => process.prefer(),
      [Symbol.dispose]() {
        process[Symbol.dispose]();
        passed[Symbol.dispose]();
      },
    };
    return own;
  };
}

/** The files that lie ready for a room process. It removes each that it has read, as long as it lives. */
class PassedFiles implements Disposable {
  readonly #folder: string;
  readonly #names = new Set<string>();
  #isOver = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file was written for the process. */
  add(name: string): void {
    if (this.#isOver) return removeQuietly(join(this.#folder, name));
    this.#names.add(name);
    const [oldest] = this.#names;
    if (oldest !== undefined && this.#names.size > MOST_FILES) this.#remove(oldest);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const name of [...this.#names]) this.#remove(name);
  }

  #remove(name: string): void {
    this.#names.delete(name);
    removeQuietly(join(this.#folder, name));
  }
}

/** Removes a file that may be gone already. */
function removeQuietly(path: string): void {
  Deno.remove(path).catch(() => {});
}

function holdersIn(message: ToRoom): readonly string[] {
  if (message.type === "configure") return message.settings.holders ?? [];
  return message.type === "pass" ? message.pass.holders : [];
}

/** What carries out the requests of one room. */
interface RoomRelay extends Omit<RelayPorts, "openStore"> {
  readonly store: SaveStore;
  /** How many bytes this process holds for the room until the store has them. */
  readonly waiting: { bytes: number };
}

async function carryOut(
  { store, folder, ids, waiting }: RoomRelay,
  request: StoreRequest,
  passed: PassedFiles,
): Promise<Omit<StoreAnswer, "type" | "request">> {
  const { key } = request;
  switch (request.op) {
    case "put": {
      const path = join(folder, request.file);
      try {
        const bytes = await readPassed(path, waiting);
        await store.put(key, bytes).finally(() => waiting.bytes -= bytes.length);
      } finally {
        // The room would do it, and may be killed before.
        await Deno.remove(path).catch(() => {});
      }
      return {};
    }
    case "get": {
      const { first } = request;
      const bytes = await store.get(key, first === undefined ? {} : { first });
      if (!bytes) return {};
      const file = newId(ids);
      try {
        await Deno.writeFile(join(folder, file), bytes, { createNew: true });
      } finally {
        passed.add(file);
      }
      return { file };
    }
    case "list":
      return { files: await store.list(key) };
    case "remove":
      await store.remove(key);
      return {};
  }
}

/**
 * Reads what a room wrote, which may write on; a link would name a file that it may not read. Its bytes count as
 * `waiting` from then on.
 */
async function readPassed(path: string, waiting: { bytes: number }): Promise<Uint8Array> {
  using file = await openPlain(path, { read: true });
  const { size } = await file.stat();
  if (size > MAX_FILE) throw new Error("The save is too large");
  if (waiting.bytes + size > MOST_WAITING_BYTES) {
    throw new Error("Too many bytes of saves wait for the store");
  }
  let read = 0;
  waiting.bytes += size;
  try {
    const bytes = await readUpTo(file, size);
    read = bytes.length;
    return bytes;
  } finally {
    waiting.bytes += read - size;
  }
}

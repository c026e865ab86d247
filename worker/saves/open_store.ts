/**
 * Opens the place where a worker's rooms keep their saves: a folder that rooms use themselves, or a bucket that the
 * worker uses for them. Where workers share it, the memories of cartridges are kept there too.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { WorkerSettings } from "../../protocol/settings/worker.ts";
import type { StartRoomProcess } from "../room_process.ts";
import { folderStore } from "./folder_store.ts";
import { sharingMemory } from "./memory/held_starts.ts";
import { memoryNotes } from "./memory/notes.ts";
import { SharedMemory } from "./memory/shared_memory.ts";
import type { SaveStore } from "./ports.ts";
import { SPOOL } from "./relay/messages.ts";
import { relayingSaves } from "./relay/store_relay.ts";
import { Guests } from "./s3/guests.ts";
import { s3Store } from "./s3/store.ts";
import { openStoreId } from "./store_id.ts";

/** The settings of the place. */
export type StoreSettings = Pick<
  WorkerSettings,
  "saves" | "s3Endpoint" | "s3Bucket" | "s3Region" | "s3AccessKey" | "s3SecretKey"
>;

/** The place of a worker's saves. Disposing ends what the worker does there by itself. */
export interface OpenedStore extends Disposable {
  /** What rooms need to know of it. */
  readonly room: { readonly savesFolder: string; readonly relaysSaves?: boolean };
  /** Its id, where other workers may have the same one. */
  readonly id: string | undefined;
  /** Starts rooms that use it. */
  start(start: StartRoomProcess): StartRoomProcess;
  /** Resolves when the memories of all rooms that have ended are stored, or could not be. */
  closed(): Promise<void>;
}

/** Where a worker keeps what its cartridges keep. */
interface MemoryFolders {
  /** The memories, by owner. */
  readonly sram: string;
  /** What it notes of those that it shares. */
  readonly notes: string;
}

/** Opens it; `folder`: that of saves. */
export async function openStore(
  settings: StoreSettings,
  { folder, memory: folders, ...ports }: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    readonly folder: string;
    readonly memory: MemoryFolders;
  },
): Promise<OpenedStore> {
  const { saves, s3Endpoint, s3Bucket, s3Region, s3AccessKey, s3SecretKey } = settings;
  if (!s3Endpoint || !s3Bucket || !s3AccessKey || !s3SecretKey) {
    const room = { savesFolder: folder };
    if (saves === undefined) {
      const closed = () => Promise.resolve();
      return { room, id: undefined, start: (start) => start, closed, [Symbol.dispose]: () => {} };
    }
    const memory = shareMemory(folderStore(folder, ports.clock), folders, ports);
    return {
      room,
      id: await openStoreId(folder, ports.random),
      start: (start) => sharingMemory(start, { memory, root: folders.sram }),
      closed: () => memory.closed(),
      [Symbol.dispose]: () => memory[Symbol.dispose](),
    };
  }
  const passing = join(folder, SPOOL);
  // What earlier processes left there is of no use.
  await Deno.remove(passing, { recursive: true }).catch(() => {});
  await Deno.mkdir(passing, { recursive: true });
  const store = s3Store({
    clock: ports.clock,
    endpoint: s3Endpoint,
    bucket: s3Bucket,
    region: s3Region,
    accessKey: s3AccessKey,
    secretKey: s3SecretKey,
  });
  const guests = new Guests({ ...ports, store });
  const bounded = () => guests.bounded();
  const memory = shareMemory(bounded(), folders, ports);
  const name = createHash("sha256").update(`${s3Endpoint}\n${s3Bucket}`).digest("hex").slice(0, 32);
  return {
    room: { savesFolder: passing, relaysSaves: true },
    id: `s3_${name}`,
    start: (start) =>
      sharingMemory(relayingSaves(start, { openStore: bounded, folder: passing, ids: ports }), {
        ...{ memory, root: folders.sram },
      }),
    closed: () => memory.closed(),
    [Symbol.dispose]() {
      memory[Symbol.dispose]();
      guests[Symbol.dispose]();
    },
  };
}

function shareMemory(
  store: SaveStore,
  { sram, notes }: MemoryFolders,
  ports: { readonly clock: Clock; readonly log: Log },
): SharedMemory {
  const noted = memoryNotes(notes, ports.clock);
  const memory = new SharedMemory({ ...ports, store, notes: noted }, sram);
  void memory.resume();
  return memory;
}

/** Workers that share the memories of cartridges, each with a disk of its own. */
import { join } from "node:path";
import { type Clock, systemClock } from "../../../protocol/clock.ts";
import { AppId } from "../../../protocol/ids.ts";
import { createLog } from "../../../protocol/log.ts";
import type { MemoryTrouble } from "../../../protocol/room_state/components.ts";
import { memoryNotes } from "../../../worker/saves/memory/notes.ts";
import { LOOK_PERIOD, SharedMemory } from "../../../worker/saves/memory/shared_memory.ts";
import type { SaveStore } from "../../../worker/saves/ports.ts";
import { openSramFile } from "../../../worker/sources/sram_file.ts";
import { FakeClock } from "../../fakes/clock.ts";

/** The game of these tests. */
export const QUEST = AppId.parse("quest");
const CHECKSUM = 0x1a2b3c4d;

/** Opens workers at one store. Disposing removes their disks. */
export async function openWorkers(store: SaveStore) {
  const root = await Deno.makeTempDir({ prefix: "farpad-memory-" });
  const clock = new FakeClock({ epoch: Date.now() + 3_600_000 });
  return {
    clock,
    root,
    worker: (name: string, options: WorkerOptions = {}) =>
      openWorker(join(root, name), { store, clock, ...options }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

interface WorkerOptions {
  readonly store?: SaveStore;
  readonly holder?: string;
  /** Its own clock, where that is wrong. */
  readonly clock?: FakeClock;
}

/** One worker; its rooms play for `holder`. */
function openWorker(
  folder: string,
  { store, clock, holder = "usr_ana" }:
    & Required<Pick<WorkerOptions, "store" | "clock">>
    & WorkerOptions,
) {
  const lines: string[] = [];
  const log = createLog({ clock, sink: (line) => void lines.push(line) });
  const disk: Clock = systemClock;
  const notes = memoryNotes(join(folder, "notes"), disk);
  const memory = new SharedMemory({ clock, log, store, notes }, join(folder, "sram"));
  const path = join(folder, "sram", holder, "Quest.nes.1a2b3c4d.srm");
  return {
    memory,
    lines,
    path,
    /** What the file holds. */
    read: () => {
      try {
        return [...Deno.readFileSync(path)];
      } catch {
        return undefined;
      }
    },
    /** A room that plays the game, which may have another name. */
    async play(room: string, rom = "/roms/Quest.nes") {
      const troubles: (MemoryTrouble | undefined)[] = [];
      const lease = memory.open(
        { holder, app: QUEST, rom },
        room,
        (trouble) => void troubles.push(trouble),
      );
      await lease.ready;
      const file = openSramFile({
        ...{ folder: join(folder, "sram", holder), rom, checksum: CHECKSUM },
        warn: (sentence) => void lines.push(sentence),
      });
      return {
        troubles,
        /** What the game finds. */
        found: file.read(2) && [...file.read(2)!],
        /** The game writes, as a source does. */
        write: (...bytes: [number, number]) => file.write(Uint8Array.from(bytes)),
        /** The time for the next look at the files has come. */
        async look(after = LOOK_PERIOD) {
          clock.advance(after);
          await memory.settled();
        },
        /** The process of the room has ended. */
        async end() {
          lease[Symbol.dispose]();
          await memory.closed();
        },
      };
    },
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/**
 * The memories of cartridges that a worker shares with others: those of the games that run, and those that could not be
 * stored yet after their room had ended, also in an earlier process of this worker.
 *
 * @module
 */
import { every } from "../../../protocol/clock.ts";
import { AppId } from "../../../protocol/ids.ts";
import { join } from "node:path";
import type { MemoryTrouble } from "../../../protocol/room_state/components.ts";
import { GameMemory, type MemoryPorts, type OwnedGame } from "./game_memory.ts";

/** Time between two looks at the files of a game that runs, in milliseconds. */
export const LOOK_PERIOD = 10_000;
/** A game opens at the latest after this time, with the file that is here, in milliseconds. */
export const OPEN_LIMIT = 2_500;
/** Time after a failed look until the next one, in milliseconds. */
export const RETRY_PERIOD = 30_000;
/** Games whose memory waits for the store; of more of them those whose rooms ended first wait for the next start. */
const MOST_WAITING = 1_000;

/** A room whose game's memory is shared. Disposing says that its process has ended and writes nothing more. */
export interface MemoryLease extends Disposable {
  /** The file holds the newest memory, or the time for that is over. Never rejects. */
  readonly ready: Promise<void>;
}

/** A game, and its rooms on this worker. */
interface Shared {
  readonly memory: GameMemory;
  /** What reports on its memory, by room. */
  readonly rooms: Set<(trouble: MemoryTrouble | undefined) => void>;
  /** What is done with the memory, one thing after another. */
  turn: Promise<void>;
  /** When the rooms that run may open the game. */
  ready: Promise<void>;
  trouble: MemoryTrouble | undefined;
  isBusy: boolean;
  hasFailed: boolean;
  /** No look before this time of the clock. */
  notBefore: number;
}

/** Shares the memories of cartridges. Disposing ends that; what is not stored is stored after the next start. */
export class SharedMemory implements Disposable {
  readonly #ports: MemoryPorts;
  readonly #root: string;
  readonly #games = new Map<string, Shared>();
  readonly #timer: Disposable;
  /** Rooms whose memory is not let go. */
  readonly #leases = new Set<Promise<void>>();
  #isOver = false;

  /** `root`: the folder of memories, with one folder for each owner. */
  constructor(ports: MemoryPorts, root: string) {
    this.#ports = ports;
    this.#root = root;
    this.#timer = every(ports.clock, LOOK_PERIOD, () => this.#tick());
  }

  /** Looks again at the memories that an earlier process of this worker has not stored. */
  async resume(): Promise<void> {
    for await (const { holder, app, note } of this.#ports.notes.open()) {
      const id = AppId.safeParse(app).data;
      const key = `${holder}/${app}`;
      if (this.#isOver || this.#games.size >= MOST_WAITING) return;
      if (!id || this.#games.has(key)) continue;
      const folder = join(this.#root, holder);
      const game = { holder, app: id, rom: note.rom, folder };
      this.#games.set(key, shared(new GameMemory(this.#ports, game, note)));
    }
  }

  /**
   * A room opens a game. `report` is called whenever its memory may not be the newest any more, or is again. A further
   * room on this worker shares the file with those that run.
   */
  open(
    { holder, app, rom }: Omit<OwnedGame, "folder">,
    by: string,
    report: (trouble: MemoryTrouble | undefined) => void,
  ): MemoryLease {
    const key = `${holder}/${app}`;
    const game = { holder, app, rom, folder: join(this.#root, holder) };
    const there = this.#games.get(key) ?? shared(new GameMemory(this.#ports, game));
    this.#games.delete(key);
    this.#games.set(key, there);
    const isFirst = there.rooms.size === 0;
    there.rooms.add(report);
    if (isFirst) there.ready = this.#fetch(there, by, game);
    else if (there.trouble) report(there.trouble);
    const closed = Promise.withResolvers<void>();
    this.#leases.add(closed.promise);
    void closed.promise.then(() => this.#leases.delete(closed.promise));
    return {
      ready: there.ready,
      [Symbol.dispose]: () => {
        if (!there.rooms.delete(report) || there.rooms.size > 0) return closed.resolve();
        there.notBefore = 0;
        this.#games.delete(key);
        this.#games.set(key, there);
        void this.#look(key, there).then(closed.resolve);
        this.#drop();
      },
    };
  }

  /** Resolves when nothing is fetched and nothing is stored at present. */
  async settled(): Promise<void> {
    while ([...this.#games.values()].some(({ isBusy }) => isBusy)) {
      await Promise.all([...this.#games.values()].map(({ turn }) => turn));
    }
  }

  /** Resolves when every room has ended and its memory is stored, or could not be. */
  async closed(): Promise<void> {
    await Promise.all(this.#leases);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer[Symbol.dispose]();
  }

  /** Resolves when the memory is there, or after {@linkcode OPEN_LIMIT}. */
  async #fetch(there: Shared, by: string, game: OwnedGame): Promise<void> {
    let isOpen = false;
    there.notBefore = 0;
    there.trouble = undefined;
    const late = Promise.withResolvers<void>();
    using _limit = this.#ports.clock.after(OPEN_LIMIT, () => {
      isOpen = true;
      this.#tell(there, "unseen");
      late.resolve();
    });
    const fetched = this.#next(there, async () => {
      await there.memory.open(by, () => isOpen, game);
      this.#tell(there, there.memory.trouble);
    });
    await Promise.race([fetched, late.promise]);
    isOpen = true;
  }

  #tell(there: Shared, trouble: MemoryTrouble | undefined): void {
    if (trouble === there.trouble) return;
    there.trouble = trouble;
    for (const report of there.rooms) report(trouble);
  }

  #tick(): void {
    const { clock } = this.#ports;
    const due = [...this.#games].filter(([, { isBusy, notBefore }]) =>
      !isBusy && notBefore <= clock.now()
    );
    const running = due.filter(([, { rooms }]) => rooms.size > 0);
    // Those that wait are many after a fault of the store: the saves of rooms go first.
    const waiting = due.filter(([, { rooms }]) => rooms.size === 0).slice(0, 1);
    for (const [key, there] of [...running, ...waiting]) void this.#look(key, there);
  }

  /** Stores what has changed; after its last room has ended the game is let go. */
  #look(key: string, there: Shared): Promise<void> {
    const { clock, log } = this.#ports;
    return this.#next(there, async () => {
      const isClosing = there.rooms.size === 0;
      try {
        await (isClosing ? there.memory.close() : there.memory.look());
        if (there.hasFailed) log.info("memory of a cartridge is stored again", { game: key });
        there.hasFailed = false;
        const isClosed = isClosing && there.rooms.size === 0;
        if (isClosed && this.#games.get(key) === there) this.#games.delete(key);
      } catch (error) {
        if (!there.hasFailed) log.warn("memory of a cartridge not stored", { game: key, error });
        there.hasFailed = true;
        there.notBefore = clock.now() + RETRY_PERIOD;
      }
      this.#tell(there, there.memory.trouble);
    });
  }

  #next(there: Shared, act: () => Promise<void>): Promise<void> {
    there.isBusy = true;
    const turn = there.turn = there.turn.then(act).finally(() => {
      if (there.turn === turn) there.isBusy = false;
    });
    return turn;
  }

  /** Lets go of those whose rooms ended first, beyond {@linkcode MOST_WAITING}. */
  #drop(): void {
    const waiting = [...this.#games].filter(([, { rooms }]) => rooms.size === 0);
    for (const [key] of waiting.slice(0, Math.max(0, waiting.length - MOST_WAITING))) {
      this.#games.delete(key);
    }
  }
}

function shared(memory: GameMemory): Shared {
  return {
    memory,
    rooms: new Set(),
    turn: Promise.resolve(),
    ready: Promise.resolve(),
    trouble: undefined,
    isBusy: false,
    hasFailed: false,
    notBefore: 0,
  };
}

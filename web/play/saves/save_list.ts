/**
 * The saves of the running game as the worker has them, with their pictures, and changes of them. It works while the
 * page is connected to the room.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Clock, sleep } from "../../../protocol/clock.ts";
import { isRefusal, type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { SaveEntry, SaveId } from "../../../protocol/saves/save.ts";
import type { RoomLane } from "../media/room_lane.ts";

/** How often the list is read again at least, in milliseconds: other rooms of the person may save too. */
const REREAD = 5_000;
/** Time between two requests for pictures, in milliseconds: a room takes ten requests a second. */
const PICTURE_PERIOD = 150;
/** Most pages of the list that are read. */
const MOST_PAGES = 16;

/** The room that is asked, or `undefined` while there is none. */
export type AskRoom = () => Pick<RoomLane, "ask" | "listen"> | undefined;

/** The publications after which the list may be another one. */
const CHANGES = ["room.saved", "room.saves"];

/** The saves of one game. Disposing ends reading. */
export class SaveList implements Disposable {
  readonly #clock: Clock;
  readonly #room: AskRoom;
  readonly #entries = signal<readonly SaveEntry[] | undefined>(undefined);
  readonly #pictures = signal<ReadonlyMap<string, string>>(new Map());
  readonly #problem = signal<RefusalPayload["error"] | undefined>(undefined);
  readonly #stop = new AbortController();
  /** The room whose changes are followed, and what ends that. */
  #followed: { readonly room: ReturnType<AskRoom>; readonly end: Disposable } | undefined;

  constructor(clock: Clock, room: AskRoom) {
    this.#clock = clock;
    this.#room = room;
    void this.#run();
  }

  /** The saves, the newest first; `undefined` until they are read. */
  get entries(): ReadonlySignal<readonly SaveEntry[] | undefined> {
    return this.#entries;
  }

  /** Addresses of pictures. */
  get pictures(): ReadonlySignal<ReadonlyMap<string, string>> {
    return this.#pictures;
  }

  /** Why the list could not be read. */
  get problem(): ReadonlySignal<RefusalPayload["error"] | undefined> {
    return this.#problem;
  }

  /** Reads the list again. */
  async read(): Promise<void> {
    const entries: SaveEntry[] = [];
    for (let page = 0; page < MOST_PAGES; page++) {
      const after = entries.at(-1)?.id;
      const answer = await this.#ask("save.list", after === undefined ? {} : { after });
      if (this.#stop.signal.aborted) return;
      if (isRefusal(answer)) return void (this.#problem.value = answer.error);
      entries.push(...answer.saves);
      if (!answer.more) break;
    }
    this.#problem.value = undefined;
    this.#entries.value = entries;
  }

  /** Names a save. */
  async rename(id: SaveId, name: string) {
    const answer = await this.#ask("save.rename", { id, name });
    await this.read();
    return answer;
  }

  /** Removes a save. */
  async remove(id: SaveId) {
    const answer = await this.#ask("save.remove", { id });
    await this.read();
    return answer;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#followed?.end[Symbol.dispose]();
    for (const address of this.#pictures.value.values()) URL.revokeObjectURL(address);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#follow();
      await this.read();
      await this.#readPictures();
      await sleep(this.#clock, REREAD);
    }
  }

  /** Reads again when somebody in the room, such as another tab of the person, changed saves. */
  #follow(): void {
    const room = this.#room();
    if (!room || room === this.#followed?.room) return;
    this.#followed?.end[Symbol.dispose]();
    const end = new DisposableStack();
    for (const topic of CHANGES) end.use(room.listen(topic, () => void this.read()));
    this.#followed = { room, end };
  }

  async #readPictures(): Promise<void> {
    for (const entry of this.#entries.value ?? []) {
      // The state of a room changes under the same id.
      const key = pictureKey(entry);
      if (!entry.picture || this.#pictures.value.has(key)) continue;
      await sleep(this.#clock, PICTURE_PERIOD);
      if (this.#stop.signal.aborted) return;
      const answer = await this.#ask("save.picture", { id: entry.id });
      if (this.#stop.signal.aborted) return;
      if (isRefusal(answer)) continue;
      const address = URL.createObjectURL(new Blob([answer.picture], { type: "image/png" }));
      this.#pictures.value = new Map(this.#pictures.value).set(key, address);
    }
  }

  #ask: RoomLane["ask"] = (verb, body) => {
    const room = this.#room();
    if (!room) return Promise.resolve(refuse("link.down", "The room cannot be reached now"));
    return room.ask(verb, body);
  };
}

/** Names one picture: the state that a room writes by itself has a new one each time. */
export function pictureKey({ id, saved_at }: Pick<SaveEntry, "id" | "saved_at">): string {
  return `${id} ${saved_at}`;
}

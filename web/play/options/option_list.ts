/**
 * The options of the running game's core as the room has them, and changes of them. A choice is shown at once, and asked
 * of the room when no further one of that option follows: who walks through a list passes by values that are not meant.
 *
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Clock, sleep } from "../../../protocol/clock.ts";
import { isRefusal, type RefusalPayload } from "../../../protocol/envelope.ts";
import type { CoreOption } from "../../../protocol/room_commands/core_options.ts";
import type { RoomLane } from "../media/room_lane.ts";

/** How often the options are read again, in milliseconds: another host may change them. */
const REREAD = 2_000;
/** How long after a choice it is asked of the room, in milliseconds. */
export const CHOICE_WAIT = 400;
/** How soon after a change the options are read, in milliseconds: by then the core has made its next step. */
const STEP_WAIT = 150;
/** Time between two requests of one reading, in milliseconds: a room takes ten requests a second. */
const PART_WAIT = 100;
/** Most parts that are read: a room shows at most 256 options in 64 KiB. */
const MOST_PARTS = 32;

/** The options of one game. Disposing ends reading, and asks for the choices that wait. */
export class OptionList implements Disposable {
  readonly #clock: Clock;
  readonly #ask: RoomLane["ask"];
  readonly #read = signal<readonly CoreOption[] | undefined>(undefined);
  /** Choices by key that the room has not answered. */
  readonly #chosen = signal<ReadonlyMap<string, string>>(new Map());
  readonly #waiting = new Map<string, Disposable>();
  readonly #problem = signal<RefusalPayload["error"] | undefined>(undefined);
  readonly #stop = new AbortController();

  /** The options as chosen here; `undefined` until they are read. */
  readonly entries: ReadonlySignal<readonly CoreOption[] | undefined> = computed(() =>
    this.#read.value?.map((option) => {
      const value = this.#chosen.value.get(option.key);
      return value === undefined ? option : { ...option, value };
    })
  );

  constructor(clock: Clock, ask: RoomLane["ask"]) {
    this.#clock = clock;
    this.#ask = ask;
    void this.#run();
  }

  /** Why the options could not be read, or one not changed. */
  get problem(): ReadonlySignal<RefusalPayload["error"] | undefined> {
    return this.#problem;
  }

  /** Chooses a value for everybody. */
  choose(key: string, value: string): void {
    this.#chosen.value = new Map(this.#chosen.value).set(key, value);
    this.#waiting.get(key)?.[Symbol.dispose]();
    this.#waiting.set(key, this.#clock.after(CHOICE_WAIT, () => void this.#send(key, value)));
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    for (const [key, wait] of this.#waiting) {
      wait[Symbol.dispose]();
      void this.#ask("option.set", { key, value: this.#chosen.value.get(key)! });
    }
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const problem = await this.#readAll();
      // The refusal of a change stays to be read until the next one.
      if (problem || !this.#read.value) this.#problem.value = problem;
      await sleep(this.#clock, REREAD);
    }
  }

  async #send(key: string, value: string): Promise<void> {
    this.#waiting.delete(key);
    const answer = await this.#ask("option.set", { key, value });
    if (this.#stop.signal.aborted) return;
    this.#problem.value = isRefusal(answer) ? answer.error : undefined;
    await sleep(this.#clock, STEP_WAIT);
    if (this.#stop.signal.aborted) return;
    await this.#readAll();
    // A later choice of the same option is on its way.
    if (this.#waiting.has(key) || this.#chosen.value.get(key) !== value) return;
    const chosen = new Map(this.#chosen.value);
    chosen.delete(key);
    this.#chosen.value = chosen;
  }

  /** Reads all options; why that could not be done, or `undefined`. */
  async #readAll(): Promise<RefusalPayload["error"] | undefined> {
    const options: CoreOption[] = [];
    for (let part = 0; part < MOST_PARTS; part++) {
      if (part > 0) await sleep(this.#clock, PART_WAIT);
      const after = options.at(-1)?.key;
      const answer = await this.#ask("option.list", after === undefined ? {} : { after });
      if (this.#stop.signal.aborted) return undefined;
      if (isRefusal(answer)) return answer.error;
      options.push(...answer.options);
      if (!answer.more || answer.options.length === 0) break;
    }
    this.#read.value = options;
    return undefined;
  }
}

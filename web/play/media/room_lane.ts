/**
 * The part of a media connection that is about the room: the newest document of it, its publications, and the requests
 * to it, of which each is answered by its number.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import {
  type AnswerOf,
  type BodyOf,
  ROOM_PROTOCOL,
  type Verb,
  VERBS,
} from "../../../protocol/room_commands/verbs.ts";
import { matches } from "../../../protocol/room_commands/topics.ts";
import {
  decodeToPage,
  encodeFromPage,
  MAX_COMMAND_BYTES,
  type Publication,
} from "../../../protocol/room_commands/wire.ts";
import { type LiveRoom, readRoom } from "../../../protocol/room_state/components.ts";
import type { EntityId } from "../../../protocol/room_state/document.ts";
import {
  acknowledged,
  type DocumentState,
  EMPTY,
  entitiesOf,
  receiveState,
} from "../../../protocol/room_state/page_sync.ts";
import { StateReader } from "../../../protocol/room_state/parts.ts";
import type { Revision } from "../../../protocol/room_state/revision.ts";

/** How long an answer may take, in milliseconds. */
export const ANSWER_LIMIT = 10_000;
/** Time between two announcements, until one is answered; in milliseconds. */
const ANNOUNCE_PERIOD = 1_000;
/** Requests that may wait for their answer; a further one is refused. */
const MOST_WAITING = 16;

const OUT_OF_REACH = refuse("link.down", "The room cannot be reached now");

/** What a person is called in a room. */
export type Identity = Omit<BodyOf<"announce">, "protocol">;

/** The room of a person who has announced itself. */
export interface JoinedRoom {
  readonly room: LiveRoom;
  readonly you: EntityId;
}

interface RoomLaneOptions {
  readonly clock: Clock;
  /** Sends on the channel `commands`; false when there is no room. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

interface Listener {
  readonly pattern: string;
  readonly take: (publication: Publication) => void;
}

type Settle = (answer: unknown) => void;

/** The document of a room, and requests to it. Disposing it refuses those that wait. */
export class RoomLane implements Disposable {
  readonly #options: RoomLaneOptions;
  readonly #joined = signal<JoinedRoom | undefined>(undefined);
  readonly #waiting = new Map<number, Settle>();
  readonly #listeners = new Set<Listener>();
  readonly #running = new DisposableStack();
  readonly #reader = new StateReader();
  #document: DocumentState = EMPTY;
  #room: LiveRoom | undefined;
  #you: EntityId | undefined;
  #count = 0;
  /** Resolves when the room has answered the announcement, or the connection has ended. */
  readonly #entered = Promise.withResolvers<void>();
  /** Requests that wait for that. */
  #early = 0;
  /** Ends the pause between two announcements. */
  #wake: (() => void) | undefined;

  constructor(options: RoomLaneOptions) {
    this.#options = options;
  }

  /** The room and the person in it; `undefined` before the first document and the answer to the announcement. */
  get joined(): ReadonlySignal<JoinedRoom | undefined> {
    return this.#joined;
  }

  /** Whether the person is known to hold no seat. */
  get isWatching(): boolean {
    const joined = this.#joined.peek();
    return joined !== undefined && joined.room.seats.every(({ holder }) => holder !== joined.you);
  }

  /** The document to acknowledge. */
  get acknowledged(): Revision {
    return acknowledged(this.#document);
  }

  /** The connection is in a room: announces the person, again and again until the room answers. */
  async enter(identity: () => Identity = () => ({})): Promise<void> {
    while (!this.#running.disposed && this.#you === undefined) {
      const answer = await this.ask("announce", { ...identity(), protocol: ROOM_PROTOCOL });
      if (!("error" in answer)) this.#you = answer.you;
      else await this.#pause();
      this.#show();
    }
    this.#entered.resolve();
    for (const { pattern } of this.#listeners) void this.ask("topic.subscribe", { pattern });
  }

  /** Takes the publications of a pattern, as soon as the person is in the room. Disposing ends that. */
  listen(pattern: string, take: (publication: Publication) => void): Disposable {
    const listener = { pattern, take };
    this.#listeners.add(listener);
    if (this.#you) void this.ask("topic.subscribe", { pattern });
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Takes a message of the channel `state`; false when it is none of a room. */
  receive(bytes: Uint8Array): boolean {
    const message = this.#reader.read(bytes);
    if (!message || message === "part") return message === "part";
    const before = this.#document;
    this.#document = receiveState(before, message);
    const entities = this.#document === before ? undefined : entitiesOf(this.#document);
    // A document that was lost goes on to be shown until the next one.
    if (entities) this.#room = readRoom(entities);
    this.#show();
    return true;
  }

  /** Takes a message of the channel `commands`; false when it is none of a room. */
  receiveAnswer(bytes: Uint8Array): boolean {
    const message = decodeToPage(bytes);
    if (!message) return false;
    if (message.type === "publication") {
      for (const { pattern, take } of this.#listeners) {
        if (matches(pattern, message.topic)) take(message);
      }
      return true;
    }
    this.#waiting.get(message.id)?.(
      message.type === "answer" ? message.answer : { error: message.error },
    );
    return true;
  }

  /**
   * Asks the room, once it has answered the announcement: a page shows its controls before its connection is up.
   * Resolves to the answer or to a refusal, and never rejects. `limit`: of the wait for the answer, in milliseconds.
   */
  async ask<V extends Verb>(
    verb: V,
    body: BodyOf<V>,
    { limit = ANSWER_LIMIT }: { readonly limit?: number } = {},
  ): Promise<AnswerOf<V> | RefusalPayload> {
    if (verb !== "announce" && this.#you === undefined) {
      if (this.#early >= MOST_WAITING) return OUT_OF_REACH;
      await this.#waitToEnter();
    }
    const answer = await this.#request(verb, body, limit);
    if (isRefusal(answer)) return answer;
    const parsed = VERBS[verb].answer.safeParse(answer);
    if (!parsed.success) return refuse("answer_malformed", `Cannot read the answer to ${verb}`);
    return parsed.data as AnswerOf<V>;
  }

  [Symbol.dispose](): void {
    this.#running.dispose();
    this.#wake?.();
    this.#entered.resolve();
    const lost = refuse("link.lost", "The connection to the room ended");
    for (const settle of [...this.#waiting.values()]) settle(lost);
  }

  #request(verb: Verb, body: unknown, patience: number): Promise<unknown> {
    const id = ++this.#count;
    const isFull = this.#waiting.size >= MOST_WAITING;
    const bytes = encodeFromPage({ type: "request", id, verb, body });
    if (bytes.length > MAX_COMMAND_BYTES) {
      return Promise.resolve(refuse("message.too_large", `Cannot ask for ${verb}: it is too long`));
    }
    if (this.#running.disposed || isFull || !this.#options.send(bytes)) {
      return Promise.resolve(OUT_OF_REACH);
    }
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const limit = this.#options.clock.after(patience, () => {
      settle(refuse("link.timeout", "The room did not answer in time"));
    });
    const settle = (answer: unknown) => {
      limit[Symbol.dispose]();
      this.#waiting.delete(id);
      resolve(answer);
    };
    this.#waiting.set(id, settle);
    return promise;
  }

  /** Waits for the answer to the announcement, {@linkcode ANSWER_LIMIT} at most or until the connection ends. */
  async #waitToEnter(): Promise<void> {
    if (this.#running.disposed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const limit = this.#options.clock.after(ANSWER_LIMIT, resolve);
    this.#early += 1;
    await Promise.race([this.#entered.promise, promise]);
    this.#early -= 1;
    limit[Symbol.dispose]();
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#running.disposed) return Promise.resolve();
    this.#running.use(this.#options.clock.after(ANNOUNCE_PERIOD, resolve));
    this.#wake = resolve;
    return promise;
  }

  #show(): void {
    if (this.#room && this.#you) this.#joined.value = { room: this.#room, you: this.#you };
  }
}

function isRefusal(answer: unknown): answer is RefusalPayload {
  return typeof answer === "object" && answer !== null && "error" in answer;
}

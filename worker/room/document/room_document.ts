/**
 * Sends a room's document to its pages. It owns the history of documents and how far each page is; what the document
 * says it gets from the room whenever something has changed.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import type { Revision } from "../../../protocol/room_state/revision.ts";
import { encodeParts } from "../../../protocol/room_state/parts.ts";
import type { StateMessage } from "../../../protocol/room_state/wire.ts";
import {
  beginHistory,
  commit,
  type History,
  newestOf,
  type PageState,
  STATE_PERIOD,
  stepPage,
  UNSEEN,
} from "../../../protocol/room_state/worker_sync.ts";
import { LongMessage, type PartChannel } from "./long_message.ts";

/** The dependencies of a document. */
export interface DocumentPorts {
  readonly clock: Clock;
  /** The entities as they are; `undefined` while no app runs. */
  entities(): Entities | undefined;
  /** Bytes of a session's channel `state` that wait to be sent. */
  unsent(session: SessionId): number;
  /** Sends bytes on the channel `state` to the page of a session; false: they were dropped. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** Sends one room's document. Disposing stops that. */
export class RoomDocument implements Disposable {
  readonly #ports: DocumentPorts;
  readonly #pages = new Map<SessionId, PageState>();
  /** Of each page that has one: the document or change that goes in parts, until a later one is acknowledged. */
  readonly #long = new Map<SessionId, LongMessage>();
  #history: History | undefined;
  #hasChanged = true;
  #next: Disposable | undefined;

  constructor(ports: DocumentPorts) {
    this.#ports = ports;
  }

  /** Something that the document says may be different. */
  changed(): void {
    this.#hasChanged = true;
    if (this.#pages.size > 0) this.#wake();
  }

  /** The page of a session says which document it holds. */
  acknowledged(session: SessionId, revision: Revision): void {
    if (!this.#history) this.#refresh();
    if (!this.#history) return;
    const event = { type: "acknowledged", revision } as const;
    const history = this.#historyOf(session, this.#history);
    const { page } = stepPage(this.#pages.get(session) ?? UNSEEN, event, history);
    this.#pages.set(session, page);
    const long = this.#long.get(session);
    const acked = page.state === "unseen" ? undefined : page.acked;
    if (long && acked !== long.acked && acked !== long.version.revision) this.#long.delete(session);
    if (page.state === "behind") this.#wake();
  }

  /** A session has left. */
  leave(session: SessionId): void {
    this.#pages.delete(session);
    this.#long.delete(session);
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#pages.clear();
    this.#long.clear();
  }

  /** Sends what is due soon; a room in which nothing changes runs no timer. */
  #wake(): void {
    this.#next ??= this.#ports.clock.after(STATE_PERIOD / 2, () => {
      this.#next = undefined;
      if (this.#hasChanged) this.#refresh();
      if (this.#send()) this.#wake();
    });
  }

  #refresh(): void {
    const entities = this.#ports.entities();
    if (!entities) return;
    this.#hasChanged = false;
    this.#history = this.#history ? commit(this.#history, entities) : beginHistory(entities);
  }

  /** Sends each page what is due; whether any has not acknowledged the newest document. */
  #send(): boolean {
    if (!this.#history) return false;
    const now = this.#ports.clock.now();
    /** By the base of the patch: pages that hold the same document get the same bytes. */
    const encoded = new Map<Revision | undefined, readonly Uint8Array<ArrayBuffer>[]>();
    let isAnyBehind = false;
    for (const [session, before] of this.#pages) {
      const long = this.#long.get(session);
      if (long && before.state === "behind" && before.acked === long.acked) {
        isAnyBehind = true;
        long.turn(now, this.#channelOf(session));
        continue;
      }
      const history = this.#historyOf(session, this.#history);
      const { page, send } = stepPage(before, { type: "due", now }, history);
      this.#pages.set(session, page);
      isAnyBehind ||= page.state === "behind";
      if (!send || page.state === "unseen") continue;
      const base = baseOf(send);
      const parts = encoded.get(base) ?? encodeParts(send);
      encoded.set(base, parts);
      if (parts.length === 1) this.#ports.send(session, parts[0]!);
      else this.#begin(session, { version: newestOf(history), acked: page.acked, parts }, now);
    }
    return isAnyBehind;
  }

  #begin(session: SessionId, about: ConstructorParameters<typeof LongMessage>[0], now: Millis) {
    const long = new LongMessage(about);
    this.#long.set(session, long);
    long.turn(now, this.#channelOf(session));
  }

  /** The history with the document that went to a page in parts, which it may acknowledge late. */
  #historyOf(session: SessionId, history: History): History {
    const version = this.#long.get(session)?.version;
    const isNew = !version || history.some(({ revision }) => revision === version.revision);
    return isNew ? history : [version, ...history];
  }

  #channelOf(session: SessionId): PartChannel {
    return {
      unsent: () => this.#ports.unsent(session),
      send: (part) => this.#ports.send(session, part),
    };
  }
}

function baseOf(message: StateMessage): Revision | undefined {
  return message.type === "merge" ? message.from : undefined;
}

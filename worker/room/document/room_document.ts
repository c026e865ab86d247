/**
 * Sends a room's document to its pages. It owns the history of documents and how far each page is; what the document
 * says it gets from the room whenever something has changed.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import type { Revision } from "../../../protocol/room_state/revision.ts";
import { encodeState, type StateMessage } from "../../../protocol/room_state/wire.ts";
import {
  beginHistory,
  commit,
  type History,
  type PageState,
  STATE_PERIOD,
  stepPage,
  UNSEEN,
} from "../../../protocol/room_state/worker_sync.ts";

/** The dependencies of a document. */
export interface DocumentPorts {
  readonly clock: Clock;
  /** The entities as they are; `undefined` while no app runs. */
  entities(): Entities | undefined;
  /** Sends bytes on the channel `state` to the page of a session, or drops them. */
  send(session: SessionId, bytes: Uint8Array<ArrayBuffer>): void;
}

/** Sends one room's document. Disposing stops that. */
export class RoomDocument implements Disposable {
  readonly #ports: DocumentPorts;
  readonly #pages = new Map<SessionId, PageState>();
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
    const { page } = stepPage(this.#pages.get(session) ?? UNSEEN, event, this.#history);
    this.#pages.set(session, page);
    if (page.state === "behind") this.#wake();
  }

  /** A session has left. */
  leave(session: SessionId): void {
    this.#pages.delete(session);
  }

  [Symbol.dispose](): void {
    this.#next?.[Symbol.dispose]();
    this.#pages.clear();
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
    const encoded = new Map<Revision | undefined, Uint8Array<ArrayBuffer>>();
    let isAnyBehind = false;
    for (const [session, before] of this.#pages) {
      const { page, send } = stepPage(before, { type: "due", now }, this.#history);
      this.#pages.set(session, page);
      isAnyBehind ||= page.state === "behind";
      if (!send) continue;
      const base = baseOf(send);
      const bytes = encoded.get(base) ?? encodeState(send);
      encoded.set(base, bytes);
      this.#ports.send(session, bytes);
    }
    return isAnyBehind;
  }
}

function baseOf(message: StateMessage): Revision | undefined {
  return message.type === "merge" ? message.from : undefined;
}

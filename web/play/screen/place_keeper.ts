/**
 * Tells the coordinator whether the player sees the page of a game, and keeps until when a hidden page has its place
 * while another player waits for it.
 *
 * @module
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Connection, SessionMessage } from "../join/connection.ts";
import type { SessionState } from "../join/session_state.ts";

/** What the keeper follows. */
export interface PlaceKeeperOptions {
  readonly connection: {
    readonly socket: Pick<Connection["socket"], "send">;
    readonly online: ReadonlySignal<boolean>;
  };
  readonly state: ReadonlySignal<SessionState>;
  /** Whether the page is hidden at present. */
  readonly hidden: boolean;
}

/** Keeps the place of a hidden page. Disposing ends it. */
export class PlaceKeeper implements Disposable {
  /** When this page loses its place if it stays hidden, milliseconds since 1970; `undefined`: it keeps it. */
  readonly endsAt = signal<number | undefined>(undefined);

  readonly #hidden = signal(false);
  readonly #following: () => void;

  constructor({ connection, state, hidden }: PlaceKeeperOptions) {
    this.#hidden.value = hidden;
    /** What was reported last; a new session is taken to be seen. */
    let reported = false;
    this.#following = effect(() => {
      const isKept = connection.online.value && state.value.state === "playing";
      const hidden = isKept && this.#hidden.value;
      if (!hidden) this.endsAt.value = undefined;
      if (isKept && hidden !== reported) connection.socket.send("page.hidden", { hidden });
      reported = hidden;
    });
  }

  /** The page is shown or hidden. */
  setVisible({ visible }: { readonly visible: boolean }): void {
    this.#hidden.value = !visible;
  }

  /** Takes a message of the coordinator. */
  receive(message: SessionMessage): void {
    if (message.type !== "session.place_wanted" || !this.#hidden.value) return;
    this.endsAt.value = message.payload.ends_at;
  }

  [Symbol.dispose](): void {
    this.#following();
  }
}

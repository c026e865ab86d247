/**
 * What the people in a room share beside its pictures: who is there, and the document that says so to every page.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { RoomRole } from "../../../protocol/pass.ts";
import { DEFAULT_OPTIONS } from "../../../protocol/room_state/components.ts";
import type { Intent } from "../../../protocol/room_state/wire.ts";
import type { Audience } from "../audience.ts";
import type { ViewerMessage } from "../ports.ts";
import type { State } from "../room_state.ts";
import type { SeatKeeper } from "../seats/ports.ts";
import { buildEntities, steadyPing } from "./build.ts";
import { People } from "./people.ts";
import { RoomDocument } from "./room_document.ts";

/** The room as those in it share it. */
export interface SharedPorts {
  readonly clock: Clock;
  /** What runs. */
  state(): State;
  players(): SeatKeeper;
  readonly audience: Pick<Audience, "linkOf" | "pass">;
}

/** Keeps what the people in one room share. Disposing stops sending it. */
export class SharedRoom implements Disposable {
  readonly people = new People();
  readonly #ports: SharedPorts;
  readonly #document: RoomDocument;

  constructor(ports: SharedPorts) {
    this.#ports = ports;
    this.#document = new RoomDocument({
      clock: ports.clock,
      entities: () => this.#entities(),
      send: (session, bytes) => ports.audience.pass(session, "state", bytes),
    });
  }

  /** Applies what a session may do in the room; a preview is not among the people. */
  admit(session: SessionId, role: RoomRole, { preview }: { preview?: true | undefined }): void {
    this.people.admit(session, preview ? undefined : role);
    this.changed();
  }

  /** A session is in the room. */
  enter(session: SessionId): void {
    this.people.enter(session);
    this.changed();
  }

  /** The media connection of a session is there, or it ended. */
  mediaChanged(session: SessionId, connected: boolean): void {
    if (connected) return this.changed();
    this.#document.leave(session);
    this.people.change(session, { cursor: undefined, ping: undefined, quality: undefined });
    this.changed();
  }

  /** A session has left the room. */
  leave(session: SessionId): void {
    this.#document.leave(session);
    this.people.leave(session);
    this.changed();
  }

  /** Something that is shared may be different. */
  changed(): void {
    this.#document.changed();
  }

  /** Takes a message of a viewer. */
  receive(session: SessionId, message: ViewerMessage): void {
    if (message.type === "Intent") this.#intent(session, message.intent);
    else this.#ports.players().receive(session, message);
  }

  /** Takes the measurements of everybody's link. Call it once a second. */
  measure(): void {
    let isDifferent = false;
    for (const [session, { ping }] of [...this.people.all]) {
      const link = this.#ports.audience.linkOf(session);
      if (!link) continue;
      const change = {
        quality: link.quality,
        ...(link.ping !== undefined && { ping: steadyPing(ping, link.ping) }),
      };
      if (this.people.change(session, change)) isDifferent = true;
    }
    if (isDifferent) this.changed();
  }

  [Symbol.dispose](): void {
    this.#document[Symbol.dispose]();
  }

  #intent(session: SessionId, { timestamp, acknowledged, control, pointer }: Intent): void {
    const players = this.#ports.players();
    if (control) players.receive(session, { type: "Control", timestamp, payload: control });
    if (!this.people.of(session)) return;
    this.#document.acknowledged(session, acknowledged);
    // Only who plays points: a watcher sends no input.
    const cursor = players.seatOf(session) === undefined ? undefined : pointer;
    const before = this.people.of(session)?.cursor;
    if (cursor?.x === before?.x && cursor?.y === before?.y) return;
    this.people.change(session, { cursor });
    this.changed();
  }

  #entities() {
    const state = this.#ports.state();
    if (state.state !== "open") return undefined;
    return buildEntities({
      app: state.app,
      paused: state.playback.pausedByPlayer,
      began: state.openedAt,
      seats: this.#ports.players().seats,
      options: DEFAULT_OPTIONS,
      locked: new Set(),
      people: this.people,
      chat: [],
      isConnected: (session) => this.#ports.audience.linkOf(session) !== undefined,
    });
  }
}

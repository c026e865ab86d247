/**
 * A scripted worker that carries out every message as the real one does: it opens a room for each start, closes it
 * after its last session, and lists all its rooms and sessions in every hello.
 */
import { RoomId, type SessionId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { ToWorker } from "../../protocol/legs/worker_leg.ts";
import { type FakeWorker, type Hello, roomOf } from "./coordinator.ts";

interface HeldPlace {
  readonly room: Room;
  open: boolean;
  readonly sessions: Set<SessionId>;
}

export class ObedientWorker {
  readonly #id: string;
  readonly #dial: (id: string, hello: Partial<Hello>) => FakeWorker;
  readonly #held: HeldPlace[] = [];
  #end: FakeWorker | undefined;
  #rooms = 0;
  readonly capacity: number;

  constructor(
    id: string,
    { capacity, dial }: {
      readonly capacity: number;
      readonly dial: (id: string, hello: Partial<Hello>) => FakeWorker;
    },
  ) {
    this.#id = id;
    this.capacity = capacity;
    this.#dial = dial;
    this.connect();
  }

  /** The number of rooms and leased places. */
  get taken(): number {
    return this.#held.length;
  }

  get sessions(): SessionId[] {
    return this.#held.flatMap(({ sessions }) => [...sessions]);
  }

  connect(): void {
    if (this.#end) return;
    this.#end = this.#dial(this.#id, {
      capacity: this.capacity,
      rooms: this.#held.filter(({ open }) => open).map(({ room }) => room),
      sessions: this.#held.flatMap(({ room, open, sessions }) =>
        [...sessions].map((session_id) => ({ session_id, room_id: open ? room.room_id : null }))
      ),
    });
    this.work();
  }

  drop(): void {
    this.#end?.drop();
    this.#end = undefined;
  }

  /** Restarts the process: no room or session is left. */
  restart(): void {
    this.drop();
    this.#held.length = 0;
    this.connect();
  }

  media(session_id: SessionId, connected: boolean): void {
    this.#end?.send("session.media", { session_id, connected });
  }

  /** A room process ends unexpectedly. */
  crash(at: number): void {
    const held = this.#held[at % Math.max(1, this.#held.length)];
    if (!held) return;
    this.#held.splice(this.#held.indexOf(held), 1);
    const end = { reason: "crashed", message: "It crashed" };
    const sessions = [...held.sessions];
    if (held.open) this.#end?.send("room.closed", { room_id: held.room.room_id, ...end, sessions });
    else {for (const session_id of sessions) {
        this.#end?.send("session.ended", { session_id, ...end });
      }}
  }

  /** Carries out every message that arrived. */
  work(): void {
    for (
      let reported = this.#end?.received() ?? [];
      reported.length > 0;
      reported = this.#end?.received() ?? []
    ) {
      for (const message of reported) this.#obey(message);
    }
  }

  #obey(message: ToWorker): void {
    switch (message.type) {
      case "webrtc.init":
        return this.#init(message);
      case "app.start":
        return this.#start(message);
      case "app.quit":
        this.#end?.send("app.quit.response", message.payload, message.id);
        this.#end?.send("session.ended", { ...message.payload, reason: "quit", message: "Left" });
        return this.#leave(message.payload.session_id);
      case "session.end":
        return this.#leave(message.payload.session_id);
    }
  }

  #init(
    { id, payload: { session_id, room_id } }: Extract<ToWorker, { type: "webrtc.init" }>,
  ): void {
    const own = this.#held.find(({ sessions }) => sessions.has(session_id));
    const asked = room_id && this.#held.find(({ room }) => room.room_id === room_id);
    const refuse = (code: string) => {
      const error = { code, message: "No" };
      this.#end?.send("webrtc.init.response", { session_id, error }, id);
    };
    if (room_id && !asked) return refuse("room.unknown");
    const held = asked || own || this.#take();
    if (!held) return refuse("room.no_capacity");
    if (own && own !== held) this.#leave(session_id);
    held.sessions.add(session_id);
    this.#end?.send("webrtc.offer", { session_id, peer_id: `peer-${session_id}`, sdp: "v=0" });
  }

  #take(): HeldPlace | undefined {
    if (this.#held.length >= this.capacity) return undefined;
    const room = roomOf(this.#id, RoomId.parse(`${this.#id}-room-${++this.#rooms}`));
    const held = { room, open: false, sessions: new Set<SessionId>() };
    this.#held.push(held);
    return held;
  }

  #start({ id, payload: { session_id } }: Extract<ToWorker, { type: "app.start" }>): void {
    const held = this.#held.find(({ sessions }) => sessions.has(session_id));
    if (!held) {
      const error = { code: "session.unknown", message: "No place" };
      this.#end?.send("app.start.response", { session_id, error }, id);
      return;
    }
    if (!held.open) this.#end?.send("room.opened", { room: held.room });
    held.open = true;
    this.#end?.send("app.start.response", { session_id, room: held.room, seat: null }, id);
  }

  #leave(session_id: SessionId): void {
    const held = this.#held.find(({ sessions }) => sessions.has(session_id));
    held?.sessions.delete(session_id);
    if (!held || held.sessions.size > 0) return;
    this.#held.splice(this.#held.indexOf(held), 1);
    if (!held.open) return;
    const end = { reason: "quit", message: "Everybody left", sessions: [] };
    this.#end?.send("room.closed", { room_id: held.room.room_id, ...end });
  }
}

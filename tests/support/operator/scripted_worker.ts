/**
 * A worker of the fleet on a real worker leg: reports its load, its rooms and the field streams it receives, and
 * carries out the coordinator's messages. The pictures of a room come from the page that watches (`page_media.ts`).
 *
 * @module
 */
import {
  newPrefixedId,
  RoomId,
  type SessionId,
  StreamId,
  WorkerId,
} from "../../../protocol/ids.ts";
import { App, Room } from "../../../protocol/legs/room.ts";
import { type FromWorker, type ToWorker, toWorker } from "../../../protocol/legs/worker_leg.ts";
import type { Recording } from "../../../protocol/recording/recording.ts";
import { CREDENTIAL } from "../../fakes/coordinator.ts";
import type { Bench } from "../control/bench.ts";
import type { PageMedia } from "./page_media.ts";
import { receivedAt, type Reported } from "./reports.ts";

export interface WorkerFacts {
  readonly id: string;
  readonly zone: string;
  /** Rooms for players that may run at once. */
  readonly places: number;
  /** Percent of the whole machine. */
  readonly cpu: number;
  /** It has games of a console whose BIOS it lacks. */
  readonly lacksBios?: true;
}

/** A field stream that a worker receives. */
export interface Received extends Reported {
  readonly title: string;
  readonly room_id: string;
  readonly app_id: string;
  /** When its picture ended, milliseconds since 1970; 0: it had none; absent: it has one. */
  readonly pictureLostAt?: number;
}

export class ScriptedWorker {
  readonly facts: WorkerFacts;
  readonly #bench: Bench;
  readonly #media: PageMedia;
  readonly #games: readonly Room[];
  readonly #received = new Map<string, Received>();
  #socket: ReturnType<Bench["workerSocket"]> | undefined;
  #sent = 0;

  constructor(
    bench: Bench,
    { facts, games, received, media }: {
      readonly facts: WorkerFacts;
      readonly games: readonly Room[];
      readonly received: readonly Received[];
      readonly media: PageMedia;
    },
  ) {
    this.#bench = bench;
    this.facts = facts;
    this.#games = games;
    this.#media = media;
    for (const stream of received) this.#received.set(stream.stream_id, stream);
  }

  connect(): void {
    const { id, zone, places, lacksBios = false } = this.facts;
    const socket = this.#bench.workerSocket();
    this.#socket = socket;
    socket.wire.onMessage = ({ id, type, payload }) => {
      const decoded = toWorker.decode(JSON.stringify({ id, type, payload }));
      if (decoded.ok) this.#obey(decoded.message);
    };
    this.#send("worker.hello", {
      worker_id: WorkerId.parse(id),
      credential: CREDENTIAL,
      name: id.replace("wrk_", "").replace(/(\d)$/, "-$1"),
      zone: zone as Room["zone"],
      capacity: places,
      apps: [DUEL, ...(lacksBios ? DISCS : []), ...[...this.#received.values()].map(appOf)],
      system_folder: "/srv/farpad/data/system",
      rooms: [...this.#games, ...[...this.#received.values()].map((each) => this.#roomOf(each))],
      sessions: [],
      versions: { farpad: "0.1.0", runtime: "2.9.6" },
      ingest: {
        host: `${id.replace("wrk_", "")}.farpad.example`,
        ...{ first_port: 15_000, last_port: 16_000, transports: ["srt", "rist"] },
        running: [...this.#received.values()].map(({ stream_id, ports, room_id }) => ({
          stream_id: StreamId.parse(stream_id),
          ports: [...ports],
          room_id: RoomId.parse(room_id),
        })),
      },
    });
  }

  /** Sends its list of recordings. */
  showRecordings(recordings: readonly Recording[]): void {
    this.#send("recordings.changed", { recordings: [...recordings], used: 1e9, space: 1e10 });
  }

  /** Its socket breaks. */
  drop(): void {
    this.#socket?.served.gone();
    this.#socket = undefined;
  }

  /** Sends the reports that are due at this moment. */
  report(now: number): void {
    const { places, cpu } = this.facts;
    this.#send("worker.status", {
      cpu_percent: Math.round(cpu + Math.sin(now / 7_000) * 3),
      memory_mb: 900 + this.#games.length * 140,
      free_places: places - this.#games.length,
    });
    for (const stream of this.#received.values()) {
      this.#send("ingest.stats", receivedAt(stream, now, stream.pictureLostAt));
    }
  }

  #obey(message: ToWorker): void {
    switch (message.type) {
      case "ingest.start":
        return this.#start(message);
      case "ingest.update":
        return this.#update(message);
      case "ingest.stop":
        return this.#stop(message.payload.stream_id);
      case "webrtc.init":
        return this.#offer(message.payload);
      case "webrtc.answer": {
        const { session_id } = message.payload;
        this.#media.take(message);
        return this.#send("session.media", { session_id, connected: true });
      }
      case "webrtc.candidate":
        return this.#media.take(message);
      case "app.start":
        return this.#answerStart(message);
    }
  }

  #start({ id, payload }: Extract<ToWorker, { type: "ingest.start" }>): void {
    const { stream_id, ports, title } = payload;
    const stream: Received = {
      ...{ stream_id, ports, title, destinations: [] },
      room_id: `room_${stream_id}`,
      app_id: `live_${stream_id}`,
      pictureLostAt: 0,
    };
    this.#send("ingest.started", { stream_id, ports, room_id: RoomId.parse(stream.room_id) }, id);
    this.#send("room.opened", { room: this.#roomOf(stream) });
  }

  #update({ id, payload }: Extract<ToWorker, { type: "ingest.update" }>): void {
    const stream = this.#received.get(payload.stream_id);
    const destinations = payload.destinations.map(({ destination_id }) => destination_id);
    if (stream) this.#received.set(payload.stream_id, { ...stream, destinations });
    this.#send("ingest.update.response", {}, id);
  }

  #stop(streamId: StreamId): void {
    const stream = this.#received.get(streamId);
    this.#received.delete(streamId);
    this.#send("ingest.ended", { stream_id: streamId, reason: "stopped", message: "" });
    if (!stream) return;
    const room_id = RoomId.parse(stream.room_id);
    const end = { reason: "source_ended" as const, message: "The stream ended", sessions: [] };
    this.#send("room.closed", { room_id, ...end });
  }

  #offer({ session_id }: { readonly session_id: SessionId }): void {
    this.#media.open((report) => {
      if (report.type === "offer") this.#send("webrtc.offer", { session_id, ...report.offer });
      else this.#send("webrtc.candidate", { session_id, ...report.candidate });
    }, newPrefixedId("peer", this.#bench));
  }

  #answerStart({ id, payload }: Extract<ToWorker, { type: "app.start" }>): void {
    const { session_id, app_id } = payload;
    const stream = [...this.#received.values()].find((each) => each.app_id === app_id);
    const room = stream ? this.#roomOf(stream) : this.#games[0];
    if (room) this.#send("app.start.response", { session_id, room, seat: null }, id);
  }

  #roomOf({ title, room_id, app_id, live_at, stream_id }: Received): Room {
    const large = stream_id.length % 2 === 0;
    return Room.parse({
      ...{ room_id, app_id, title, worker_id: this.facts.id, zone: this.facts.zone },
      ...{ state: "open", paused: false, seats: [], viewers: stream_id.length % 4 },
      ...(large ? { width: 1920, height: 1080 } : { width: 1280, height: 720 }),
      ...{ frame_rate: 30, aspect: 16 / 9, opened_at: live_at ?? this.#bench.clock.epoch() },
    });
  }

  #send<T extends FromWorker["type"]>(
    type: T,
    payload: Extract<FromWorker, { type: T }>["payload"],
    id = `${this.facts.id}-${++this.#sent}`,
  ): void {
    this.#socket?.served.text(JSON.stringify({ id, type, payload }));
  }
}

const DUEL = App.parse({
  ...{ app_id: "paddle-duel", title: "Paddle Duel", kind: "game", system: "NES", players: 2 },
});

const DISCS = ["Amber Coast", "Night Tram"].map((title) =>
  App.parse({
    ...{ app_id: title.toLowerCase().replace(" ", "-"), title, kind: "game", players: 4 },
    system: "PlayStation",
    unavailable:
      "Cannot play PlayStation games: the core Beetle PSX needs the console's own BIOS, which no " +
      "package has. Put one of scph5500.bin, scph5501.bin, scph5502.bin into the folder data/system " +
      "of the worker.",
  })
);

function appOf({ app_id, title }: Received): App {
  return App.parse({ app_id, title, kind: "live", system: "Camera", players: 0 });
}

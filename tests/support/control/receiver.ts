/**
 * A worker in memory that receives field streams: it binds the requested ports, or refuses.
 *
 * @module
 */
import type { WorkerConnection } from "../../../coordinator/workers_listener.ts";
import type { IngestOffer, IngestStart, IngestStats } from "../../../protocol/field/ingest.ts";
import { StreamId, WorkerId, ZoneId } from "../../../protocol/ids.ts";
import type { FromWorker, ToWorker } from "../../../protocol/legs/worker_leg.ts";
import type { Bench } from "./bench.ts";

type Ingest = Extract<FromWorker, { type: `ingest.${string}` }>;

export class FakeReceiver {
  readonly id: WorkerId;
  readonly reported: ToWorker[] = [];
  /** The streams that it receives, and their ports. */
  readonly running = new Map<string, readonly number[]>();
  /** How it answers `ingest.start`. */
  answers: "binds" | "refuses" | "is silent" = "binds";
  /** Ports that another program holds: it binds the next pair instead. */
  readonly occupied = new Set<number>();
  #waiting: { readonly type: string; readonly done: () => void }[] = [];
  readonly #bench: Bench;
  readonly #ports: { first: number; last: number };
  #connection: WorkerConnection | undefined;

  readonly #transports: IngestOffer["transports"];

  constructor(
    bench: Bench,
    { id = "w1", first = 15_000, last = 15_007, transports = ["srt", "rist", "whip"] }: {
      readonly id?: string;
      readonly first?: number;
      readonly last?: number;
      readonly transports?: IngestOffer["transports"];
    } = {},
  ) {
    this.#bench = bench;
    this.#transports = transports;
    this.id = WorkerId.parse(id);
    this.#ports = { first, last };
  }

  /** Connects and reports the streams that it receives. */
  join(): this {
    const connection: WorkerConnection = {
      send: (message) => this.#reported(message),
      close: () => {},
    };
    this.#connection = connection;
    this.#bench.workers.greet({
      worker_id: this.id,
      credential: "-",
      name: this.id,
      zone: ZoneId.parse("here"),
      capacity: 2,
      apps: [],
      rooms: [],
      sessions: [],
      versions: { farpad: "0.1.0", runtime: "test" },
      ingest: this.#offer(),
    }, connection);
    return this;
  }

  /** Its socket breaks; its streams go on. */
  drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) this.#bench.workers.left(this.id, connection);
  }

  /** Its process ends and starts again without streams. */
  crash(): void {
    this.drop();
    this.running.clear();
    this.join();
  }

  /** Resolves with the next message of this type. */
  arrived(type: ToWorker["type"]): Promise<void> {
    return new Promise((done) => void this.#waiting.push({ type, done }));
  }

  send(type: Ingest["type"], payload: unknown, id = "receiver"): void {
    this.#bench.control.received(this.id, { id, type, payload } as Ingest);
  }

  stats(stream_id: string, change: Partial<IngestStats> = {}): void {
    this.send("ingest.stats", {
      ...{ stream_id, picture: true, bitrate_kbps: 4700, framerate: 30, width: 1280, height: 720 },
      ...{
        handling: "forwarded",
        received_packets: 10,
        lost_packets: 0,
        viewers: 0,
        links: [],
        egress: [],
      },
      ...change,
    });
  }

  #offer(): IngestOffer {
    return {
      host: "farpad.example",
      first_port: this.#ports.first,
      last_port: this.#ports.last,
      transports: this.#transports,
      running: [...this.running].map(([id, ports]) => ({
        stream_id: StreamId.parse(id),
        ports: [...ports],
      })),
    };
  }

  #reported(message: ToWorker): boolean {
    if (!this.#connection) return false;
    this.reported.push(message);
    for (const { type, done } of this.#waiting) if (type === message.type) done();
    this.#waiting = this.#waiting.filter(({ type }) => type !== message.type);
    if (message.type === "ingest.start") this.#start(message.id, message.payload);
    if (message.type === "ingest.stop") {
      const { stream_id } = message.payload;
      this.running.delete(stream_id);
      this.send("ingest.ended", { stream_id, reason: "stopped", message: "" });
    }
    return true;
  }

  #start(id: string, { stream_id, ports, offer, drive }: IngestStart): void {
    switch (this.answers) {
      case "is silent":
        return;
      case "refuses": {
        const error = { code: "ingest.failed", message: "No SRT here" };
        return this.send("ingest.start.response", { stream_id, error }, id);
      }
      case "binds": {
        const bound = ports.map((port) => this.occupied.has(port) ? port + 100 : port);
        this.running.set(stream_id, bound);
        return this.send(
          "ingest.started",
          {
            ...{ stream_id, ports: bound, room_id: `live-${stream_id}` },
            ...(drive && { drive_port: bound[0]! + 1 }),
            ...(offer && { answer: "v=0\r\nanswer" }),
          },
          id,
        );
      }
    }
  }
}

/**
 * The active streams, in memory. Each change is also written to the store, again and again until the store accepts it.
 * The taken ports of a worker are computed from these rows only, so a port is held exactly as long as its stream is
 * active, and none can leak.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import {
  type AppId,
  liveAppId,
  type RoomId,
  type SenderId,
  type StreamId,
  type UserId,
  type WorkerId,
} from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import { defined } from "../accounts/audit.ts";
import { portsHeld } from "../domain/ports.ts";
import { isActive, step, type StreamEvent } from "../domain/stream.ts";
import type { Store } from "../ports.ts";
import type { StreamRecord } from "../records/fleet.ts";

/** The time until a failed write is tried again, in milliseconds. */
export const WRITE_AGAIN = 5_000;

/** A stream before and after a change. */
export interface Change {
  readonly before: StreamRecord;
  readonly after: StreamRecord;
}

/** A stream by what its worker made of it. */
interface ReceivedStream {
  readonly room_id?: RoomId | undefined;
  readonly app_id: AppId;
}

/** The active streams. */
export class StreamRegistry {
  readonly #active = new Map<StreamId, StreamRecord>();
  /** Rows that are being written, by id. */
  readonly #newest = new Map<StreamId, StreamRecord>();
  readonly #ports: { store: Store; clock: Clock; log: Log };

  constructor(ports: { store: Store; clock: Clock; log: Log }) {
    this.#ports = ports;
  }

  /** Reads the active streams of an earlier process; every time limit of a stream starts again. */
  async load(): Promise<void> {
    const now = this.#ports.clock.epoch();
    for (const row of await this.#ports.store.streams.list({ where: { active: "1" } })) {
      this.#active.set(row.stream_id, { ...row, life: step(row.life, { type: "restarted" }, now) });
    }
  }

  get(id: StreamId): StreamRecord | undefined {
    return this.#active.get(id);
  }

  all(): readonly StreamRecord[] {
    return [...this.#active.values()];
  }

  /** The fleet of a stream that its worker receives, by its room or by its app; `undefined` when none is received. */
  fleetOf(stream: ReceivedStream): UserId | undefined {
    return this.#received(stream)?.owner_id;
  }

  /** Whether a stream that its worker receives shows a simulated car. */
  isSimulated(stream: ReceivedStream): boolean {
    return this.#received(stream)?.source.mode === "car";
  }

  ofSender(sender: SenderId): StreamRecord | undefined {
    return this.all().find((row) => row.sender_id === sender);
  }

  ofWorker(worker: WorkerId): readonly StreamRecord[] {
    return this.all().filter((row) => row.worker_id === worker);
  }

  /** Every taken port of a worker, those of control links included. */
  taken(worker: WorkerId): ReadonlySet<number> {
    return new Set(this.ofWorker(worker).flatMap((row) => portsHeld(row.ports)));
  }

  /**
   * Adds a new stream; false when there is one with this id. The stream holds its ports at once, before the row is
   * written.
   *
   * @throws {StoreFault} when the row cannot be written; then the stream is not added
   */
  async open(row: StreamRecord): Promise<boolean> {
    this.#active.set(row.stream_id, row);
    let inserted = false;
    try {
      inserted = await this.#ports.store.streams.insert(row);
    } finally {
      if (!inserted) this.#active.delete(row.stream_id);
    }
    return inserted;
  }

  /**
   * Applies an event to a stream; `undefined` when nothing changed or the stream has ended. `pictureUntil`: when its
   * picture was last reported, milliseconds since 1970; kept when the event ends the stream.
   */
  step(id: StreamId, event: StreamEvent, pictureUntil?: number): Change | undefined {
    const before = this.#active.get(id);
    if (!before) return undefined;
    const now = this.#ports.clock.epoch();
    const life = step(before.life, event, now);
    if (life === before.life) return undefined;
    const wentLive = life.state === "live" && before.life.state !== "live";
    const after = {
      ...before,
      life,
      ...(wentLive ? { live_at: now } : {}),
      ...(isActive(life) ? {} : { ports: [], ...defined({ picture_until: pictureUntil }) }),
    };
    return this.#replace(before, after);
  }

  /** Changes fields of a stream other than its state. */
  amend(id: StreamId, change: Partial<Omit<StreamRecord, "life">>): Change | undefined {
    const before = this.#active.get(id);
    return before && this.#replace(before, { ...before, ...change });
  }

  /** The app is known by the stream's id: the worker may report its room before it answers the start. */
  #received({ room_id, app_id }: ReceivedStream): StreamRecord | undefined {
    return this.all().find((row) =>
      (room_id !== undefined && row.room_id === room_id) || liveAppId(row.stream_id) === app_id
    );
  }

  #replace(before: StreamRecord, after: StreamRecord): Change {
    const { stream_id } = after;
    if (isActive(after.life)) this.#active.set(stream_id, after);
    else this.#active.delete(stream_id);
    // A change of `seenAt` alone is not written: after a restart the time limit starts again anyway.
    const worthWriting = before.life.state !== "live" || after.life.state !== "live" ||
      before.life.workerGoneAt !== after.life.workerGoneAt ||
      before.life.seenAt === after.life.seenAt;
    if (worthWriting) this.#write(after);
    return { before, after };
  }

  /** Writes a row. A failed write is tried again, unless a newer row of the stream was written meanwhile. */
  #write(row: StreamRecord): void {
    const { store, clock, log } = this.#ports;
    const { stream_id } = row;
    this.#newest.set(stream_id, row);
    store.streams.update(stream_id, () => row).then(
      () => {
        if (this.#newest.get(stream_id) === row) this.#newest.delete(stream_id);
      },
      (error) => {
        log.error("stream not written", { stream: stream_id, error });
        clock.after(WRITE_AGAIN, () => {
          if (this.#newest.get(stream_id) === row) this.#write(row);
        });
      },
    );
  }
}

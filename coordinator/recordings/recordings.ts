/**
 * The recordings of all workers, as each worker reports its own, and the questions about them that their workers answer.
 * The files stay on the workers; browsers read them there.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { isRefusal, type Refusal, type RefusalPayload, stamp } from "../../protocol/envelope.ts";
import type { RecordingId, UserId, WorkerId } from "../../protocol/ids.ts";
import { COMMAND_LIMIT } from "../../protocol/legs/agent_leg.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { FromWorker, ToWorker } from "../../protocol/legs/worker_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { RecordAction, Recording } from "../../protocol/recording/recording.ts";
import type { Workers } from "../workers.ts";
import { Pending } from "../fleet/pending.ts";

type Report = Extract<FromWorker, { type: "recordings.changed" }>["payload"];
/** A worker's answer to a question about recordings. */
export type RecordingAnswer = Extract<
  FromWorker,
  {
    type:
      | "room.record.response"
      | "recording.open.response"
      | "recording.receive.response"
      | "recording.remove.response";
  }
>;
type Question = Extract<
  ToWorker,
  { type: "room.record" | "recording.open" | "recording.receive" | "recording.remove" }
>;
type Payload = RecordingAnswer["payload"];

/** A recording and the worker that has it. */
export interface KeptRecording {
  readonly worker: WorkerId;
  readonly recording: Recording;
}

/** A worker that keeps recordings; sizes in bytes. */
export interface Keeper {
  readonly worker: WorkerId;
  readonly used: number;
  readonly space: number;
}

/** The dependencies of {@linkcode Recordings}. */
export interface RecordingsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Pick<Workers, "send">;
}

/** Knows the recordings of all workers. */
export class Recordings {
  readonly #ports: RecordingsPorts;
  readonly #at = new Map<WorkerId, Report>();
  readonly #asked: Pending<Payload>;

  constructor(ports: RecordingsPorts) {
    this.#ports = ports;
    this.#asked = new Pending(ports.clock, COMMAND_LIMIT);
  }

  /** A worker reports all recordings that it has. */
  report(worker: WorkerId, report: Report): void {
    this.#at.set(worker, report);
  }

  /** A worker disconnected: what it was asked is not answered. */
  unseen(worker: WorkerId): void {
    this.#asked.abandon(worker);
  }

  /** A worker did not come back, so nothing of its disk can be read. */
  lost(worker: WorkerId): void {
    this.#at.delete(worker);
  }

  /** All recordings, the newest first. */
  all(): KeptRecording[] {
    return [...this.#at]
      .flatMap(([worker, { recordings }]) => recordings.map((recording) => ({ worker, recording })))
      .sort((a, b) => b.recording.started_at - a.recording.started_at);
  }

  /** The workers that keep recordings. */
  get keepers(): Keeper[] {
    return [...this.#at].map(([worker, { used, space }]) => ({ worker, used, space }));
  }

  /** One recording; `undefined` when no worker has it. */
  find(id: RecordingId): KeptRecording | undefined {
    return this.all().find(({ recording }) => recording.recording_id === id);
  }

  /** The address of a recording for a browser. */
  async open({ worker, recording: { recording_id } }: KeptRecording) {
    const type = "recording.open" as const;
    const message = { ...stamp(this.#ports), type, payload: { recording_id } };
    return await this.#ask<{ url: string }>(worker, message);
  }

  /** Asks a worker to take a file of a device. */
  async receive(
    worker: WorkerId,
    payload: Extract<Question, { type: "recording.receive" }>["payload"],
  ) {
    const message = { ...stamp(this.#ports), type: "recording.receive" as const, payload };
    return await this.#ask<{ url?: string }>(worker, message);
  }

  /** Removes a recording for ever. */
  async remove({ worker, recording: { recording_id } }: KeptRecording) {
    const type = "recording.remove" as const;
    const message = { ...stamp(this.#ports), type, payload: { recording_id } };
    return await this.#ask<Record<never, never>>(worker, message);
  }

  /** Records a room for an operator, or stops that, or makes a clip. */
  async record(
    { room_id, worker_id }: Room,
    { action, fleet }: { readonly action: RecordAction; readonly fleet: UserId | undefined },
  ) {
    const payload = { room_id, action, ...(fleet !== undefined && { fleet }) };
    const message = { ...stamp(this.#ports), type: "room.record" as const, payload };
    return await this.#ask<{ active: boolean }>(worker_id, message);
  }

  /** Takes a worker's answer. */
  answer(worker: WorkerId, { id, payload }: RecordingAnswer): void {
    this.#asked.resolve(id, worker, payload);
  }

  async #ask<T>(worker: WorkerId, message: Question): Promise<T | { readonly refusal: Refusal }> {
    const answered = this.#asked.wait(message.id, worker);
    if (!this.#ports.workers.send(worker, message)) this.#asked.abandon(worker);
    const answer = await answered as T | RefusalPayload | undefined;
    if (answer) return isRefusal(answer) ? { refusal: answer.error } : answer as T;
    const text = `Worker ${worker} does not answer. Try again when it is connected`;
    return { refusal: { code: "worker_no_answer", message: text } };
  }
}

/**
 * The recordings of one room, in its process: takes what is sent to viewers, and writes it while a recording runs. Its
 * files are finished by the worker's main process, in the same way whether this process ended in order or not.
 *
 * ```text
 *  idle ──start──▶ beginning ──first bytes written──▶ recording ──stop · too long · disk · room closed──▶ idle
 *    ▲                 │                               │     ▲
 *    └── disk · late ──┘                 queue is full ▼     │ half empty, and a keyframe
 *                                                     skipping
 * ```
 *
 * @module
 */
import { FragmentWriter } from "../../../media/mp4/fragment_writer.ts";
import type { EncodedAudio } from "../../../media/ports.ts";
import type { Clock } from "../../../protocol/clock.ts";
import { type Bucket, createBucket } from "../../../protocol/connection/bucket.ts";
import { AppendQueue, MOST_WAITING } from "../../../protocol/disk/append_queue.ts";
import { storageReason } from "../../../protocol/disk/storage_fault.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import { newPrefixedId, RecordingId, type RoomId } from "../../../protocol/ids.ts";
import type { App } from "../../../protocol/legs/room.ts";
import type { RoomOwner } from "../../../protocol/pass.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import type {
  RecordAction,
  Recording,
  RecordingEnd,
} from "../../../protocol/recording/recording.ts";
import type { LayerFrame } from "../../sending/layers/ports.ts";
import { Beginning, notInTime, notRecorded } from "./beginning.ts";
import { ClipRing } from "./clip_ring.ts";
import type { OpenRecording, RecordingReport } from "../ports.ts";
import type { Recorded } from "../recorded_by.ts";

/** A keyframe is requested after this long without one, so that a clip and a recording can begin anywhere, in milliseconds. */
export const KEYFRAME_PERIOD = 15_000;

/** A frame that is older than this says that none are sent, in milliseconds. */
const RECENT = 1_000;

/**
 * How many recordings and clips begin; the worker ends a room that reports more by far (`worker/ipc/allowance.ts`). Each
 * is a file that the worker finishes, one after the other for all rooms.
 */
const BEGINS = { perSecond: 0.25, burst: 6 };
/** While as many are being written, none begins: they all end together once the disk goes on. */
const MOST_WRITTEN = 8;

/** The dependencies of {@linkcode RoomRecorder}. */
export interface RecorderPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absent: this worker keeps no recordings. */
  readonly open?: OpenRecording;
  /** Longest recording, in milliseconds. */
  readonly longest: number;
  /** Why nothing can be recorded at present; `undefined` when it can. */
  recordRefusal(): RefusalPayload | undefined;
  /** Requests a keyframe of the main layer. */
  requestKeyframe(): void;
  /** A recording began or ended: codecs and the room's summary have to follow. */
  changed(): void;
  /** Reports to the main process. */
  report(report: RecordingReport): void;
}

/** What is recorded. */
export interface RecordedRoom {
  readonly room: RoomId;
  readonly app: App;
  /** Width ÷ height of the picture; that of the stream when absent. */
  readonly aspect?: number | undefined;
}

interface Running {
  readonly about: Recording;
  readonly writer: FragmentWriter;
  readonly video: AppendQueue;
  readonly telemetry: AppendQueue | undefined;
  readonly limit: Disposable;
  readonly beginning: Beginning;
  isSkipping: boolean;
}

/** Records one room. Disposing ends its recording. */
export class RoomRecorder implements Disposable {
  readonly #ports: RecorderPorts;
  readonly #ring = new ClipRing();
  readonly #begins: Bucket;
  readonly #writing = new Set<Promise<void>>();
  #running: Running | undefined;
  /** When the newest frame of H.264 came, and when a keyframe was last requested for a clip. */
  #frameAt = -Infinity;
  #requestedAt = -Infinity;
  #ended: RecordingEnd | undefined;
  /** Whether a clip is being written. */
  #isClipping = false;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
    this.#begins = createBucket(ports.clock, BEGINS);
  }

  /** Whether it takes frames of H.264 also where no viewer does. */
  get needsFrames(): boolean {
    return this.#running !== undefined;
  }

  /** Whether the recorded picture is a live one, which goes on without viewers. */
  get isLive(): boolean {
    return this.#running !== undefined && this.#running.about.app_id.startsWith("live-");
  }

  /** What every viewer is shown of it. */
  get shown(): { readonly recorded_since?: number; readonly recording_ended?: RecordingEnd } {
    const since = this.#running?.beginning.since;
    if (since !== undefined) return { recorded_since: since };
    return this.#ended && this.#ended !== "stopped" ? { recording_ended: this.#ended } : {};
  }

  /** Resolves when everything that was recorded is written. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /**
   * Carries out an action for somebody who may. The answer says whether the room is recorded now, or which clip was made:
   * it comes once that is on the disk.
   */
  async run(action: RecordAction, what: RecordedRoom, by: RoomOwner): Promise<Recorded> {
    const { open } = this.#ports;
    if (!open) {
      return refuse("record.unavailable", "Cannot record: this worker keeps no recordings");
    }
    const refusal = action === "stop" ? undefined : this.#ports.recordRefusal();
    if (refusal) return refusal;
    switch (action) {
      case "start":
        return await this.#start(open, what, by) ?? { active: true };
      case "stop":
        this.stop("stopped");
        return { active: false };
      case "clip":
        return await this.#clip(open, what, by);
    }
  }

  /** Ends the recording, if one runs. `refusal`: why one that has not begun yet never did. */
  stop(reason: RecordingEnd, refusal = notRecorded(reason)): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    // Nobody saw one that never began.
    if (running.beginning.since !== undefined) this.#ended = reason;
    running.beginning.refuse(refusal);
    running.limit[Symbol.dispose]();
    const rest = running.writer.end();
    if (rest) running.video.push(rest);
    const { about } = running;
    this.#track(
      Promise.all([running.video.close(), running.telemetry?.close()])
        .then(() => this.#ports.report({ type: "recording", about, end: reason })),
    );
    this.#ports.changed();
  }

  /** Takes an encoded picture. */
  frame(frame: LayerFrame): void {
    if (!this.#ports.open || frame.codec !== "h264" || frame.layer === "small") return;
    const now = this.#ports.clock.now();
    this.#ring.frame(frame, now);
    this.#frameAt = now;
    const running = this.#running;
    if (!running) return;
    if (running.isSkipping && !this.#resumes(running, frame)) return;
    this.#write(running, running.writer.frame(frame, now));
  }

  /** Takes sound. */
  sound(packets: readonly EncodedAudio[]): void {
    if (!this.#ports.open) return;
    const now = this.#ports.clock.now();
    this.#ring.sound(packets, now);
    const running = this.#running;
    if (running && !running.isSkipping) this.#write(running, running.writer.sound(packets, now));
  }

  /** Takes what a vehicle reports, beside the pictures. */
  vehicle(view: unknown): void {
    const { writer, telemetry } = this.#running ?? {};
    const at = writer?.at(this.#ports.clock.now());
    if (at === undefined || !telemetry || telemetry.waiting > MOST_WAITING) return;
    const line = `${JSON.stringify({ t: Math.round(at), vehicle: view })}\n`;
    telemetry.push(new TextEncoder().encode(line));
  }

  /** Requests a keyframe when none came for a while. Call it often. */
  check(): void {
    const now = this.#ports.clock.now();
    // Where no viewer gets H.264 any more, a keyframe would serve nobody.
    if (now - this.#frameAt > RECENT) return;
    const newest = Math.max(this.#ring.newestKeyframe ?? -Infinity, this.#requestedAt);
    if (now - newest < KEYFRAME_PERIOD) return;
    this.#requestedAt = now;
    this.#ports.requestKeyframe();
  }

  [Symbol.dispose](): void {
    this.stop("room_closed");
    this.#ring.clear();
  }

  /** Why neither a recording nor a clip begins now; otherwise one does. */
  #takeBegin(): RefusalPayload | undefined {
    if (this.#writing.size >= MOST_WRITTEN) {
      return refuse("record.busy", "Cannot record: earlier recordings are still being written");
    }
    if (this.#begins.take()) return undefined;
    return refuse("rate", "Cannot record: too many recordings began here. Try again in a moment");
  }

  async #start(
    open: OpenRecording,
    what: RecordedRoom,
    by: RoomOwner,
  ): Promise<RefusalPayload | undefined> {
    const refusal = this.#running ? undefined : this.#takeBegin();
    if (refusal) return refusal;
    this.#running ??= this.#begin(open, what, by);
    return await this.#running.beginning.settled;
  }

  #begin(open: OpenRecording, what: RecordedRoom, by: RoomOwner): Running {
    const about = this.#describe("recording", what, by);
    const files = open(about);
    const failed = (error: unknown) => this.#fail(about, error);
    const writer = new FragmentWriter(what.aspect);
    const beginning = new Beginning(
      this.#ports.clock,
      () => this.stop("disk_failed", notInTime(writer.header !== undefined)),
    );
    const running: Running = {
      ...{ about, writer, beginning },
      video: new AppendQueue(files.then(({ video }) => video), failed),
      telemetry: about.telemetry && new AppendQueue(files.then(telemetryOf), failed),
      limit: this.#ports.clock.after(this.#ports.longest, () => this.stop("too_long")),
      isSkipping: false,
    };
    this.#running = running;
    this.#ports.report({ type: "recording", about });
    this.#ports.changed();
    this.#ports.requestKeyframe();
    return running;
  }

  /** Everybody is shown that the room is recorded once the first bytes are written. */
  async #showOnceWritten({ beginning, video, about }: Running): Promise<void> {
    const isWritten = await video.settled();
    if (!isWritten || this.#running?.about !== about) return;
    beginning.written();
    this.#ended = undefined;
    this.#ports.changed();
  }

  async #clip(open: OpenRecording, what: RecordedRoom, by: RoomOwner): Promise<Recorded> {
    // Each holds its bytes in memory until they are written.
    if (this.#isClipping) {
      return refuse("record.busy", "Cannot make a clip: the last one is being written");
    }
    const refusal = this.#ring.newestKeyframe === undefined ? undefined : this.#takeBegin();
    if (refusal) return refusal;
    const pieces = this.#ring.clip(what.aspect);
    if (pieces.length === 0) {
      return refuse("record.empty", "Cannot make a clip: no H.264 picture was sent here yet");
    }
    const { telemetry: _, ...about } = this.#describe("clip", what, by);
    let end: RecordingEnd = "stopped";
    const beginning = new Beginning(
      this.#ports.clock,
      () =>
        beginning.refuse(refuse("record.busy", "The clip is still being written by a slow disk")),
    );
    const queue = new AppendQueue(open(about).then(({ video }) => video), (error) => {
      end = endOf(error);
      beginning.refuse(notRecorded(end, error));
      this.#ports.log.warn("clip not written", { recording: about.recording_id, error });
    });
    this.#ports.report({ type: "recording", about });
    for (const piece of pieces) queue.push(piece);
    this.#isClipping = true;
    this.#track(
      queue.close().then(() => {
        this.#isClipping = false;
        this.#ports.report({ type: "recording", about, end });
        beginning.written();
      }),
    );
    const why = await beginning.settled;
    return why ??
      { active: this.#running?.beginning.since !== undefined, clip: about.recording_id };
  }

  #describe(
    kind: Recording["kind"],
    { room, app: { app_id, title, vehicle } }: RecordedRoom,
    { holder, fleet }: RoomOwner,
  ): Recording {
    return {
      recording_id: RecordingId.parse(newPrefixedId("rec", this.#ports)),
      kind,
      room_id: room,
      app_id,
      title,
      started_at: this.#ports.clock.epoch(),
      ...(holder !== undefined && { holder }),
      ...(fleet !== undefined && { fleet }),
      ...(vehicle && { telemetry: true }),
    };
  }

  #write(running: Running, bytes: Uint8Array | undefined): void {
    if (!bytes) return;
    running.video.push(bytes);
    if (bytes === running.writer.header) void this.#showOnceWritten(running);
    if (running.isSkipping || running.video.waiting <= MOST_WAITING) return;
    running.isSkipping = true;
    this.#ports.log.warn("recording skips pictures: the disk is too slow", {
      recording: running.about.recording_id,
    });
  }

  /** Whether a recording that skips goes on with this frame. */
  #resumes(running: Running, { keyframe }: LayerFrame): boolean {
    if (running.video.waiting > MOST_WAITING / 2) return false;
    if (!keyframe) {
      this.#ports.requestKeyframe();
      return false;
    }
    running.isSkipping = false;
    return true;
  }

  #fail(about: Recording, error: unknown): void {
    this.#ports.log.warn("recording not written", { recording: about.recording_id, error });
    if (this.#running?.about !== about) return;
    this.stop(endOf(error), notRecorded(endOf(error), error));
  }

  #track(work: Promise<void>): void {
    this.#writing.add(work);
    void work.finally(() => this.#writing.delete(work));
  }
}

function endOf(error: unknown): RecordingEnd {
  return storageReason(error) === "full" ? "disk_full" : "disk_failed";
}

function telemetryOf({ telemetry }: Awaited<ReturnType<OpenRecording>>) {
  if (!telemetry) throw new Error("Cannot write readings: their file was not made");
  return telemetry;
}

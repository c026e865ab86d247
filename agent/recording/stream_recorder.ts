/**
 * Records what a stream's pipeline encodes, in pieces of about ten seconds that begin at keyframes. It marks the pieces that
 * the worker cannot have got whole. The disk disturbs no picture: what it does not take in time is left out.
 *
 * @module
 */
import { join } from "node:path";
import type { AacPacket } from "../../media/aac_encoder.ts";
import { FragmentWriter } from "../../media/mp4/fragment_writer.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { AppendFile } from "../../protocol/disk/append_file.ts";
import { AppendQueue, MOST_WAITING } from "../../protocol/disk/append_queue.ts";
import { type PieceName, writePieceName } from "./pieces.ts";

/** A piece ends at the first keyframe after this long, in milliseconds: keyframes may be a moment early. */
export const PIECE = 9_900;
/** What is lost now may have been recorded up to this long before, in milliseconds. */
const LATE = 5_000;
/** After a failure of the disk nothing is recorded for this long, in milliseconds. */
const AFTER_FAILURE = 30_000;
/** Samples of 48 kHz ÷ ticks of 90 kHz. */
const SAMPLES_PER_TICK = 48 / 90;

/** The files of pieces. */
export interface PieceFiles {
  /** Makes a file. */
  open(path: string): Promise<AppendFile>;
  rename(from: string, to: string): Promise<void>;
}

/** The dependencies of {@linkcode StreamRecorder}. */
export interface StreamRecorderPorts {
  readonly clock: Clock;
  readonly files: PieceFiles;
  /** Folder of the stream's pieces; it exists. */
  readonly folder: string;
  /** The disk did not take a piece. */
  failed(error: unknown): void;
}

interface Writing {
  readonly at: number;
  readonly queue: AppendQueue;
  isMissed: boolean;
}

interface Closed {
  readonly endedAt: Millis;
  isMissed: boolean;
  /** Resolves when the file has its name. */
  named: Promise<PieceName>;
}

/** Records one stream. Disposing ends the newest piece. */
export class StreamRecorder implements Disposable {
  readonly #ports: StreamRecorderPorts;
  readonly #writer = new FragmentWriter(undefined, "aac");
  readonly #began: Millis;
  #isOn = true;
  #piece: Writing | undefined;
  #before: Closed | undefined;
  #pausedUntil = -Infinity;
  #written: Promise<unknown> = Promise.resolve();

  constructor(ports: StreamRecorderPorts) {
    this.#ports = ports;
    this.#began = ports.clock.now();
  }

  /** Whether it records. */
  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(on: boolean) {
    this.#isOn = on;
    if (!on) this.#close();
  }

  /** Resolves when everything is written and has its name. */
  async written(): Promise<void> {
    await this.#written;
  }

  /** Takes a picture: an access unit of H.264. `pts`: in ticks of 90 kHz. */
  picture(
    data: Uint8Array,
    { pts, keyframe }: { readonly pts: number; readonly keyframe: boolean },
  ): void {
    const now = this.#ports.clock.now();
    const frame = { codec: "h264", data, keyframe, timestamp: pts } as const;
    const bytes = this.#writer.frame(frame, now);
    const header = this.#writer.header;
    if (!header) return;
    // The header comes with the first picture, and is written at the begin of each piece.
    if (bytes !== header) this.#append(bytes);
    if (!keyframe || !this.#isPieceDue(now)) return;
    this.#append(this.#writer.cut(now));
    this.#close();
    if (this.#isOn && now >= this.#pausedUntil) this.#begin(header, now);
  }

  /** Takes frames of AAC. `pts`: of each, in ticks of 90 kHz. */
  sound({ data }: AacPacket, pts: number): void {
    const packet = { data, timestamp: Math.round(pts * SAMPLES_PER_TICK) };
    this.#append(this.#writer.sound([packet], this.#ports.clock.now()));
  }

  /** The worker did not get pictures of the last moments. */
  missed(): void {
    if (this.#piece) this.#piece.isMissed = true;
    const before = this.#before;
    if (!before || before.isMissed || this.#ports.clock.now() - before.endedAt > LATE) return;
    before.isMissed = true;
    before.named = before.named.then((name) => this.#rename(name, { ...name, state: "missed" }));
    this.#track(before.named);
  }

  [Symbol.dispose](): void {
    this.#append(this.#writer.end());
    this.#close();
    this.#isOn = false;
  }

  #isPieceDue(now: Millis): boolean {
    return !this.#piece || now - this.#began - this.#piece.at >= PIECE;
  }

  #begin(header: Uint8Array, now: Millis): void {
    const { files, folder } = this.#ports;
    const at = Math.round(now - this.#began);
    const path = join(folder, writePieceName({ at, duration: 0, state: "open" }));
    const piece = {
      at,
      queue: new AppendQueue(files.open(path), (error) => this.#fail(piece, error)),
      isMissed: false,
    };
    piece.queue.push(header);
    this.#piece = piece;
  }

  #append(bytes: Uint8Array | undefined): void {
    const piece = this.#piece;
    if (!bytes || !piece) return;
    piece.queue.push(bytes);
    if (piece.queue.waiting <= MOST_WAITING) return;
    this.#close();
    this.#fail(piece, new Error("The disk is too slow for the stream"));
  }

  #close(): void {
    const piece = this.#piece;
    if (!piece) return;
    this.#piece = undefined;
    const { clock } = this.#ports;
    const open = { at: piece.at, duration: 0, state: "open" } as const;
    const duration = Math.round(clock.now() - this.#began) - piece.at;
    const closed: Closed = {
      endedAt: clock.now(),
      isMissed: piece.isMissed,
      named: piece.queue.close().then(() =>
        this.#rename(open, { ...open, duration, state: piece.isMissed ? "missed" : "got" })
      ),
    };
    this.#before = closed;
    this.#track(closed.named);
  }

  async #rename(from: PieceName, to: PieceName): Promise<PieceName> {
    const { files, folder } = this.#ports;
    const path = (name: PieceName) => join(folder, writePieceName(name));
    // A piece that was not made, or was removed for its space, has no name to change.
    return await files.rename(path(from), path(to)).then(() => to, () => from);
  }

  #fail(piece: Writing, error: unknown): void {
    if (this.#piece === piece) this.#close();
    this.#pausedUntil = this.#ports.clock.now() + AFTER_FAILURE;
    this.#ports.failed(error);
  }

  #track(work: Promise<unknown>): void {
    this.#written = Promise.all([this.#written, work]).then(() => {});
  }
}

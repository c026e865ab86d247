/**
 * Forwards gaps of a device's own recording, the oldest first, one at a time: it offers the gap to the coordinator, which
 * names the worker, and sends the file there as fast as the pace allows.
 *
 * ```text
 *  idle ──a gap, online──▶ offered ──address──▶ sending ──whole──▶ idle
 *    ▲                        └── refused, failed ──┴──▶ pausing: 5 s, 10 s … 5 min ──▶ idle
 * ```
 *
 * @module
 */
import { type Clock, every, type Millis, sleep } from "../../protocol/clock.ts";
import { isRefusal, type RefusalPayload } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Gap, GapOffer } from "../../protocol/recording/device.ts";
import { type GapFile, openGapFile } from "./gap_file.ts";
import { type Figures, type Pace, rateOf, startPace, stepPace } from "./pace.ts";
import type { PiecesInRow } from "./pieces.ts";
import type { Ring } from "./ring.ts";
import type { SendParts } from "./upload.ts";

/** How often it is looked whether there is something to forward, in milliseconds. */
const TURN = 1_000;
/** Bytes of a request: beside a stream a small one, so that no picture waits behind it. */
const PART = { besideStream: 16_384, alone: 262_144 } as const;
/** Pauses after failures, in milliseconds. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;
const JITTER = 0.2;
/** A file that a worker refuses is sent so often in all: a copy may be spoilt on the way. */
const ATTEMPTS = 2;

/** The dependencies of {@linkcode Forwarder}. */
export interface ForwarderPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ring: Pick<Ring, "gaps" | "pathsOf" | "remove" | "check">;
  /** Whether the coordinator can be asked. */
  readonly isOnline: () => boolean;
  /** Asks where a gap is to be sent; without an address it is there. `undefined`: there was no answer. */
  readonly offer: (gap: GapOffer) => Promise<{ url?: string } | RefusalPayload | undefined>;
  readonly parts: SendParts;
  /** Opens a gap by the paths of its pieces. */
  readonly openFile?: typeof openGapFile;
}

/** What became of a file: it is there, it is to be sent again for a reason, or its worker does not want it. */
interface Outcome {
  readonly why?: string;
  readonly isDropped?: boolean;
}

/** Forwards gaps. Disposing ends that; it goes on where it was at the next start. */
export class Forwarder implements Disposable {
  readonly #ports: ForwarderPorts;
  readonly #turning: Disposable;
  /** By name of the gap: bytes that are there, and how often it was refused. */
  readonly #known = new Map<string, { sent: number; refused: number }>();
  #pace: Pace | undefined;
  #isBusy = false;
  #isOver = false;
  #failures = 0;
  #pausedUntil = -Infinity;
  #trouble: string | undefined;

  constructor(ports: ForwarderPorts) {
    this.#ports = ports;
    this.#turning = every(ports.clock, TURN, () => void this.#turn());
  }

  /** Why nothing is forwarded, as a sentence. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** The gaps that are not there yet, and how far each is. */
  get gaps(): Gap[] {
    return this.#ports.ring.gaps.map(({ stream_id, at_ms, pieces }) => ({
      stream_id,
      at_ms,
      duration_ms: pieces.reduce((sum, { duration }) => sum + duration, 0),
      bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
      sent_bytes: this.#known.get(keyOf({ stream_id, at_ms }))?.sent ?? 0,
    }));
  }

  /** A stream began or ended. */
  streaming(isStreaming: boolean): void {
    if (isStreaming) this.#pace ??= startPace(this.#ports.clock.now());
    else this.#pace = undefined;
  }

  /** Figures of the running stream. */
  figures(figures: Figures): void {
    const { clock } = this.#ports;
    const pace = this.#pace ?? startPace(clock.now());
    this.#pace = stepPace(pace, figures, clock.now());
  }

  /** The coordinator is there again: what failed before may work. */
  online(): void {
    this.#failures = 0;
    this.#pausedUntil = -Infinity;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#turning[Symbol.dispose]();
  }

  async #turn(): Promise<void> {
    const { clock, ring, isOnline } = this.#ports;
    if (this.#isBusy || !isOnline() || clock.now() < this.#pausedUntil || this.#rate === 0) return;
    const [gap] = ring.gaps;
    if (!gap) {
      this.#known.clear();
      this.#trouble = undefined;
      return;
    }
    this.#isBusy = true;
    try {
      const why = await this.#forward(gap);
      if (why === undefined) this.online();
      else this.#failed(why);
      this.#trouble = why && `Cannot forward what was recorded: ${why}`.slice(0, 400);
    } catch (error) {
      // A piece got another name, or was removed, after the ring had looked at the folder: it looks again.
      if (error instanceof Deno.errors.NotFound) await ring.check();
      else this.#failed(errorText(error));
    } finally {
      this.#isBusy = false;
    }
  }

  /** Forwards one gap; resolves with the reason when it has to be tried again. */
  async #forward(gap: PiecesInRow): Promise<string | undefined> {
    const { ring, log, offer, openFile = openGapFile } = this.#ports;
    const { stream_id, at_ms, pieces } = gap;
    const file = await openFile(ring.pathsOf(gap));
    if (!file) return void await ring.remove(gap);
    const duration_ms = pieces.reduce((sum, { duration }) => sum + duration, 0);
    const { bytes, sha256 } = file;
    const answer = await offer({ stream_id, at_ms, duration_ms, bytes, sha256 });
    if (!answer) return "the coordinator did not answer";
    if (isRefusal(answer)) {
      if (answer.error.code !== "recording.unknown") return answer.error.message;
      log.warn("recorded gap dropped", { stream: stream_id, why: answer.error.message });
      return void await ring.remove(gap);
    }
    const { why, isDropped } = answer.url === undefined
      ? {}
      : await this.#send(gap, file, answer.url);
    if (why !== undefined && !isDropped) return why;
    const about = { stream: stream_id, at: at_ms, bytes };
    if (isDropped) log.error("recorded gap refused by its worker, and dropped", { ...about, why });
    else log.info("recorded gap forwarded", about);
    this.#known.delete(keyOf(gap));
    return void await ring.remove(gap);
  }

  async #send(gap: PiecesInRow, file: GapFile, url: string): Promise<Outcome> {
    const { parts } = this.#ports;
    const known = this.#known.get(keyOf(gap)) ?? { sent: 0, refused: 0 };
    this.#known.set(keyOf(gap), known);
    const upload = { url, bytes: file.bytes };
    let answer = await parts.ask(upload);
    while (!this.#isOver) {
      if (answer.state === "failed") return { why: answer.why };
      if (answer.state === "refused") {
        known.sent = 0;
        known.refused += 1;
        return { why: answer.why, isDropped: known.refused >= ATTEMPTS };
      }
      known.sent = answer.offset;
      if (answer.isWhole) return {};
      const size = this.#pace ? PART.besideStream : PART.alone;
      const bytes = await file.read(answer.offset, size);
      if (!await this.#mayGo(bytes.length)) return { why: "the link has no room" };
      answer = await parts.send(upload, { offset: answer.offset, bytes });
    }
    return { why: "the agent ends" };
  }

  /** Waits until the pace allows so many bytes. False when it does not for a long time: the address may be over then. */
  async #mayGo(bytes: number): Promise<boolean> {
    const { clock } = this.#ports;
    const until = clock.now() + LONGEST_PAUSE;
    while (this.#rate === 0) {
      if (this.#isOver || clock.now() >= until) return false;
      await sleep(clock, TURN);
    }
    await sleep(clock, bytes * 8_000 / this.#rate);
    return true;
  }

  get #rate(): number {
    return rateOf(this.#pace, this.#ports.clock.now());
  }

  #failed(why: string): void {
    const { clock, random, log } = this.#ports;
    this.#failures += 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (this.#failures - 1), LONGEST_PAUSE) *
      (1 + JITTER * random.unit());
    this.#pausedUntil = clock.now() + pause as Millis;
    log.warn("recorded gap not forwarded, trying again", { why, delay: Math.round(pause) });
  }
}

function keyOf({ stream_id, at_ms }: Pick<PiecesInRow, "stream_id" | "at_ms">): string {
  return `${stream_id}/${at_ms}`;
}

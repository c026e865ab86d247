/**
 * Keeps a link to the receiver open: opens it again after a loss, and drops packets that cannot be sent in time.
 *
 * ```
 * connecting ──link──▶ up ──broken──▶ connecting …
 *     └── no answer for 30 s since the start ──▶ over
 * ```
 *
 * @module
 */
import type { LinkFigures, SendingLink } from "../../media/links/ports.ts";
import {
  NOT_COMPARABLE,
  NOT_COMPARED,
  type ReceiverClock,
} from "../../media/links/receiver_clock.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { createReconnector, type Reconnector } from "../../protocol/connection/reconnect.ts";

/** An uplink whose receiver never answered ends after this long, in milliseconds. */
const FIRST_CONTACT = 30_000;
/** Most bytes in the queue. Beyond it the link is too slow, and pictures are dropped up to the next keyframe. */
const MAX_QUEUE = 512 * 1024;
/** Pictures are sent again when packets wait for less than this share of the latency. */
const CAUGHT_UP = 0.5;

/** Receives the changes of an uplink. */
export interface UplinkListener {
  /** The link is open, and the receiver needs a keyframe. */
  opened(): void;
  /** The receiver did not answer in time; the uplink is over. */
  gaveUp(error: string): void;
}

type State =
  | { readonly state: "connecting" }
  | { readonly state: "up"; readonly link: SendingLink }
  | { readonly state: "over" };

/** The link of one stream, with the queue before it. */
export class Uplink implements Disposable {
  readonly #open: () => Promise<SendingLink | { readonly error: string }>;
  readonly #clock: Clock;
  readonly #latency: number;
  readonly #listener: UplinkListener;
  readonly #reconnector: Reconnector;
  readonly #since: Millis;
  #state: State = { state: "connecting" };
  #everUp = false;
  #lastError: string | undefined;
  #earlier: LinkFigures = { sentBytes: 0, paths: [] };
  #queue: { readonly packets: Uint8Array; readonly isCritical: boolean }[] = [];
  #queued = 0;
  #sending = false;
  #behind = true;
  #dropped = 0;
  /** The quickest round trip of the open link, in milliseconds. */
  #quickest = Infinity;

  constructor(
    { open, latency, clock, random, listener }: {
      readonly open: () => Promise<SendingLink | { readonly error: string }>;
      /** How long a lost packet may be sent again, in milliseconds: later ones are of no use to the receiver. */
      readonly latency: number;
      readonly clock: Clock;
      readonly random: Random;
      readonly listener: UplinkListener;
    },
  ) {
    this.#open = open;
    this.#clock = clock;
    this.#latency = latency;
    this.#listener = listener;
    this.#since = clock.now();
    this.#reconnector = createReconnector({ clock, random, connect: () => void this.#connect() });
    void this.#connect();
  }

  get isUp(): boolean {
    return this.#state.state === "up";
  }

  /** Whether the link is fast enough, too slow, or not open. */
  get condition(): "Live" | "Degrade" | "Init" | "Cooldown" {
    if (this.#state.state !== "up") return this.#everUp ? "Cooldown" : "Init";
    return this.#behind ? "Degrade" : "Live";
  }

  /** Figures over all links since the start. */
  get figures(): LinkFigures {
    const { sentBytes, paths: earlier } = this.#earlier;
    if (this.#state.state !== "up") {
      return { sentBytes, paths: earlier.map(({ sentBytes }) => ({ sentBytes })) };
    }
    const now = this.#state.link.figures;
    return {
      ...now,
      sentBytes: sentBytes + now.sentBytes,
      paths: now.paths.map((path, index) => ({
        ...path,
        sentBytes: (earlier[index]?.sentBytes ?? 0) + path.sentBytes,
      })),
    };
  }

  /** The clock of the receiver of the open link. */
  get receiverClock(): ReceiverClock {
    if (this.#state.state !== "up") return NOT_COMPARED;
    return this.#state.link.receiverClock ?? NOT_COMPARABLE;
  }

  /** Whether pictures are dropped although the link has room for them again, so that a keyframe would end it. */
  get wantsKeyframe(): boolean {
    return this.#state.state === "up" && this.#behind && !this.#waits(CAUGHT_UP);
  }

  /** Pictures that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a picture's packets, or drops them up to the next keyframe while the link is not open or too slow. */
  picture(packets: Uint8Array, { keyframe }: { readonly keyframe: boolean }): void {
    if (this.#state.state !== "up") return;
    if (this.#queued + packets.length > MAX_QUEUE || this.#waits(1)) this.#behind = true;
    else if (keyframe && !this.#waits(CAUGHT_UP)) this.#behind = false;
    if (this.#behind) this.#dropped += 1;
    else this.#push(packets, keyframe);
  }

  /** Sends a sound's packets, or drops them with the pictures. */
  sound(packets: Uint8Array): void {
    if (this.#state.state === "up" && !this.#behind) this.#push(packets, false);
  }

  [Symbol.dispose](): void {
    if (this.#state.state === "up") this.#state.link[Symbol.dispose]();
    this.#state = { state: "over" };
    this.#reconnector[Symbol.dispose]();
  }

  /**
   * Whether packets wait for their confirmation for longer than this share of the latency, and the way there and back.
   * Twice the latency counts while the round trip is short: one packet that is lost again and again is not a queue.
   * Before the way is measured nothing does: no confirmation can have come.
   */
  #waits(share: number): boolean {
    if (this.#state.state !== "up") return false;
    const { waitingMs = 0, rtt } = this.#state.link.figures;
    if (rtt === undefined) return false;
    this.#quickest = Math.min(this.#quickest, rtt);
    const isQueued = rtt > this.#quickest + this.#latency / 2;
    return waitingMs > share * this.#latency * (isQueued ? 1 : 2) + this.#quickest;
  }

  async #connect(): Promise<void> {
    const opened = await this.#open();
    if (this.#state.state === "over") {
      if (!("error" in opened)) opened[Symbol.dispose]();
      return;
    }
    if ("error" in opened) return this.#lost(opened.error);
    this.#state = { state: "up", link: opened };
    this.#quickest = Infinity;
    this.#everUp = true;
    this.#behind = true;
    this.#reconnector.opened();
    this.#listener.opened();
    const error = await opened.broken;
    if (this.#isCurrent(opened)) this.#lost(error);
  }

  #lost(error: string): void {
    if (this.#state.state === "up") {
      this.#earlier = this.figures;
      this.#state.link[Symbol.dispose]();
    }
    this.#state = { state: "connecting" };
    this.#lastError = error;
    this.#queue = [];
    this.#queued = 0;
    if (this.#everUp || this.#clock.now() - this.#since < FIRST_CONTACT) {
      return void this.#reconnector.lost();
    }
    this[Symbol.dispose]();
    this.#listener.gaveUp(
      `${this.#lastError}. The receiver did not answer for ${FIRST_CONTACT / 1000} s`,
    );
  }

  #push(packets: Uint8Array, isCritical: boolean): void {
    this.#queue.push({ packets, isCritical });
    this.#queued += packets.length;
    if (!this.#sending) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    while (this.#state.state === "up" && this.#queue.length > 0) {
      const { link } = this.#state;
      const { packets, isCritical } = this.#queue.shift()!;
      const { error } = await link.send(packets, { isCritical });
      this.#queued = Math.max(0, this.#queued - packets.length);
      if (error && this.#isCurrent(link)) this.#lost(error);
    }
    this.#sending = false;
  }

  #isCurrent(link: SendingLink): boolean {
    return this.#state.state === "up" && this.#state.link === link;
  }
}

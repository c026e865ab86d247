/**
 * The receiving end of a bonded link, without sockets or a clock: datagrams and the time go in, packets in order and
 * datagrams come out.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Random } from "../../../protocol/random.ts";
import { PROTOCOL } from "./cipher.ts";
import { type Control, decodeControl, encodeControl, MAX_ASKED } from "./control.ts";
import { IncomingPath } from "./incoming_path.ts";
import { decodeInner, type MediaPacket } from "./packet.ts";
import { ReorderBuffer, type ReorderCounts } from "./reorder_buffer.ts";

/** Call {@linkcode RistReceiver.turn} this often, in milliseconds. */
export const TURN = 5;
const [REPORT_PERIOD, ECHO_PERIOD, REFILL_PERIOD] = [30, 500, 50] as const;
/** A path counts for the order of packets while media came on it within this time, in milliseconds. */
const ACTIVE = 100;
/** A missing packet is asked for after the paths' difference and this much, in milliseconds. */
const REORDER = 12;
/** The paths' difference counts up to this share of the latency: waiting longer leaves no time to ask. */
const SPREAD_SHARE = 1 / 3;
/** Between two requests for a packet: the quickest round trip and this much, in milliseconds. */
const ASK_AGAIN = 10;
const USUAL_RTT = 50;
const MAX_ASKS = 12;
/** A stream without anything for this long is over, in milliseconds. */
const GONE = 5_000;
/** A turn that comes later than this finds datagrams unread, in milliseconds. */
const LATE = 20;
/** Streams that were announced, and those that ended: neither list grows. */
const MAX_FLOWS = 16;

/** Receives from the link. */
export interface RistListener {
  /** A sender began; another one may have sent before. */
  connected(): void;
  /** In order. */
  packet(payload: Uint8Array): void;
  disconnected(): void;
}

/** One path's figures: totals, shares 0 … 1, and times in milliseconds. */
export interface ReceiverPathFigures {
  readonly bytes: number;
  readonly lossRate: number | undefined;
  readonly rtt: number | undefined;
}

/** Receives one stream at a time. */
export class RistReceiver {
  readonly #options: {
    readonly latency: number;
    readonly emit: (path: number, datagram: Uint8Array) => void;
    readonly listener: RistListener;
    readonly epochOrigin?: number | undefined;
  };
  readonly #source: number;
  readonly #paths: IncomingPath[];
  readonly #buffer: ReorderBuffer;
  #flow: { readonly id: number; receivedAt: Millis } | undefined;
  /** Senders that proved to have the secret, with the number that each announced first. */
  readonly #announced = new Map<number, number | undefined>();
  #ended: number[] = [];
  #due: { report: Millis; echo: Millis; refill: Millis };
  #turnedAt: Millis;
  #isCatchingUp = false;

  constructor(
    { paths, secret, random, now, ...options }: {
      readonly paths: number;
      readonly secret: string;
      /** How long a missing packet is waited for, in milliseconds. */
      readonly latency: number;
      readonly random: Random;
      readonly now: Millis;
      readonly emit: (path: number, datagram: Uint8Array) => void;
      readonly listener: RistListener;
      /** Milliseconds since 1970 at time 0 of the clock; absent: senders are not told the time. */
      readonly epochOrigin?: number | undefined;
    },
  ) {
    this.#options = options;
    this.#source = (new DataView(random.bytes(4).buffer).getUint32(0) | 1) >>> 0;
    this.#paths = Array.from({ length: paths }, (_, index) =>
      new IncomingPath({
        ...{ index, secret, random },
        emit: (datagram) => options.emit(index, datagram),
      }));
    const { latency, listener } = options;
    this.#buffer = new ReorderBuffer({ latency, deliver: (packet) => listener.packet(packet) });
    this.#turnedAt = now;
    this.#due = { report: now, echo: now, refill: now };
  }

  get counts(): ReorderCounts {
    return this.#buffer.counts;
  }

  get isConnected(): boolean {
    return this.#flow !== undefined;
  }

  get figures(): readonly ReceiverPathFigures[] {
    return this.#paths.map(({ totalBytes: bytes, lossRate, rtt }) => ({ bytes, lossRate, rtt }));
  }

  /** A datagram came in on a path. Whether its sender has the secret, so that answers may go where it came from. */
  receive(index: number, datagram: Uint8Array, now: Millis): boolean {
    const path = this.#paths[index];
    const opened = path?.opener.open(datagram);
    if (!path || !opened) return false;
    const inner = opened.protocol === PROTOCOL.reduced ? decodeInner(opened.plain) : undefined;
    if (inner?.kind === "media") {
      if (!this.#belongs(inner.media, now)) return false;
      path.accept(opened, datagram.length, now);
      this.#media(path, inner.media, now);
      // Packets come more often than turns do. After a late turn others may be unread that would be given up.
      if (!this.#isCatchingUp && now - this.#turnedAt <= LATE) this.#buffer.release(now);
      return true;
    }
    const control = inner && decodeControl(inner.control);
    if (!control) return false;
    path.accept(opened, datagram.length, now);
    this.#control(path, control, now);
    return true;
  }

  /** Asks the sender for a keyframe, on every path. */
  requestKeyframe(): void {
    this.#tell({ from: this.#source, keyframe: true });
  }

  /** Does what is due. */
  turn(now: Millis): void {
    if (this.#isRead(now)) {
      this.#buffer.release(now);
      this.#ask(now);
    }
    if (now >= this.#due.report) {
      const report = this.#paths.flatMap(({ count }) => count ? [count] : []);
      if (report.length > 0) this.#tell({ from: this.#source, report });
      this.#due.report = now + REPORT_PERIOD as Millis;
    }
    if (now >= this.#due.refill) {
      for (const { opener } of this.#paths) opener.refill();
      this.#due.refill = now + REFILL_PERIOD as Millis;
    }
    if (now >= this.#due.echo) {
      this.#tell({ from: this.#source, echoRequest: BigInt(Math.round(now * 1000)) });
      this.#due.echo = now + ECHO_PERIOD as Millis;
    }
    if (this.#flow && now - this.#flow.receivedAt > GONE) this.#end();
  }

  /**
   * Whether what came in was read before this turn: on a machine that was busy, the turn comes first, and the next one
   * follows after the reading.
   */
  #isRead(now: Millis): boolean {
    this.#isCatchingUp = now - this.#turnedAt > LATE && !this.#isCatchingUp;
    this.#turnedAt = now;
    return !this.#isCatchingUp;
  }

  /** Whether media is of the present stream, or of one that its sender announced and that takes its place. */
  #belongs({ flow, timestamp }: MediaPacket, now: Millis): boolean {
    if (this.#flow?.id === flow) {
      this.#flow.receivedAt = now;
      return true;
    }
    if (!this.#announced.has(flow) || this.#ended.includes(flow)) return false;
    // A stream that was replaced does not come back; one that fell silent may.
    if (this.#flow) this.#ended = [...this.#ended, this.#flow.id].slice(-MAX_FLOWS);
    this.#end();
    this.#flow = { id: flow, receivedAt: now };
    // What was announced before the first packet came is the one before it.
    const newest = this.#announced.get(flow);
    if (newest !== undefined) this.#buffer.begin((newest + 1) & 0xffff, timestamp);
    this.#options.listener.connected();
    return true;
  }

  #end(): void {
    if (!this.#flow) return;
    this.#flow = undefined;
    this.#buffer.restart();
    for (const path of this.#paths) path.restart();
    this.#options.listener.disconnected();
  }

  #media(path: IncomingPath, media: MediaPacket, now: Millis): void {
    const { number, transit } = this.#buffer.push(media, now);
    if (!media.isRepeat) path.sawMedia(number, transit, now);
  }

  #control(path: IncomingPath, control: Control, now: Millis): void {
    const { from, echoRequest, echoResponse } = control;
    if (this.#flow?.id === from) {
      this.#flow.receivedAt = now;
      if (control.newest !== undefined) this.#buffer.announce(control.newest, now);
    } else {
      this.#announced.set(from, this.#announced.get(from) ?? control.newest);
      if (this.#announced.size > MAX_FLOWS) {
        this.#announced.delete(this.#announced.keys().next().value!);
      }
    }
    if (echoRequest !== undefined) {
      const { epochOrigin } = this.#options;
      const time = epochOrigin !== undefined && {
        time: BigInt(Math.round((epochOrigin + now) * 1000)),
      };
      path.control(encodeControl({ from: this.#source, echoResponse: echoRequest, ...time }));
    }
    if (echoResponse !== undefined) path.echoed(now - Number(echoResponse) / 1000);
  }

  /**
   * Asks for what is missing. A packet is missing once every path that brings media brought a later one: each keeps its
   * order. One that stopped bringing any is not waited for longer than the paths differ.
   */
  #ask(now: Millis): void {
    const { latency } = this.#options;
    const active = this.#paths.flatMap(({ media }) =>
      media && now - media.at <= ACTIVE ? [media] : []
    );
    const passed = Math.min(...active.map(({ number }) => number));
    const transits = active.map(({ transit }) => transit);
    const spread = active.length > 0
      ? Math.min(latency * SPREAD_SHARE, Math.max(...transits) - Math.min(...transits))
      : 0;
    const rtts = this.#paths.flatMap(({ rtt }) => rtt === undefined ? [] : [rtt]);
    const again = (rtts.length > 0 ? Math.min(...rtts) : USUAL_RTT) + ASK_AGAIN;
    const lost: number[] = [];
    for (const [number, missing] of this.#buffer.wanted()) {
      if (lost.length >= MAX_ASKED) break;
      const isMissing = number < passed || now - missing.since >= spread + REORDER;
      const isDue = missing.askedAt === undefined || now - missing.askedAt >= again;
      if (!isMissing || !isDue || missing.asks >= MAX_ASKS) continue;
      missing.askedAt = now;
      missing.asks += 1;
      lost.push(number & 0xffff);
    }
    if (lost.length > 0) this.#tell({ from: this.#source, lost });
  }

  #tell(control: Control): void {
    const bytes = encodeControl(control);
    for (const path of this.#paths) if (path.count) path.control(bytes);
  }
}

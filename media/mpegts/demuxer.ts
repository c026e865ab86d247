/**
 * Transport packets → access units with their times, as they become complete. Takes any bytes in pieces of any size;
 * invalid ones are counted and left out. It is pure, and not native code, because these bytes come from the network.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { type CaptureStamp, decodeStamp } from "./capture_stamp.ts";
import {
  NULL_PID,
  PACKET_SIZE,
  PAT_PID,
  readPacket,
  type StreamCodec,
  SYNC,
  type TsPacket,
} from "./packet.ts";
import { readPesHeader } from "./pes.ts";
import { readPat, readPmt, SectionReader, type StreamEntry } from "./tables.ts";

/** A larger unit is dropped, in bytes. */
const MAX_UNIT = 4 * 1024 * 1024;

/** One access unit of video, or one or more frames of audio. */
export interface Unit {
  readonly codec: StreamCodec;
  readonly data: Uint8Array<ArrayBuffer>;
  /** In ticks of 90 kHz, 33 bits; `undefined` when the stream does not name it. */
  readonly pts: number | undefined;
  /** Present only when pictures do not come in the order they are shown. */
  readonly dts: number | undefined;
  /** When the picture was captured; absent when its sender does not stamp pictures. */
  readonly stamp?: CaptureStamp;
}

/** Receives what the demuxer finds. */
export interface DemuxerListener {
  /** A whole unit of the first video or the first audio stream. One with a piece missing is left out. */
  unit(unit: Unit): void;
}

/** What came in since the start. */
export interface DemuxerCounts {
  /** Packets that came in. */
  readonly packets: number;
  /** Missing packets, by the gaps in the counters; a counter shows at most 15 a gap. */
  readonly lost: number;
  /** Bytes that were no packets. */
  readonly skippedBytes: number;
  /** Units that were dropped because a packet was missing. */
  readonly damagedUnits: number;
}

/** A unit being collected. */
interface OpenUnit {
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly wanted: number | undefined;
  readonly stamp: CaptureStamp | undefined;
  readonly parts: Uint8Array[];
  size: number;
}

interface Stream {
  readonly codec: StreamCodec;
  open: OpenUnit | undefined;
}

/** Reads the first video and the first audio stream of a transport stream. */
export class TsDemuxer {
  readonly #listener: DemuxerListener;
  readonly #pat = new SectionReader();
  readonly #pmt = new SectionReader();
  readonly #streams = new Map<number, Stream>();
  readonly #counters = new Map<number, number>();
  #pmtPid: number | undefined;
  #rest = new Uint8Array();
  #counts = { packets: 0, lost: 0, skippedBytes: 0, damagedUnits: 0 };

  constructor(listener: DemuxerListener) {
    this.#listener = listener;
  }

  get counts(): DemuxerCounts {
    return { ...this.#counts };
  }

  /** The codecs of the streams that are read; empty until the tables arrived. */
  get codecs(): StreamCodec[] {
    return [...this.#streams.values()].map(({ codec }) => codec);
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length > 0 ? concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + PACKET_SIZE <= bytes.length) {
      if (bytes[at] !== SYNC) {
        at += 1;
        this.#counts.skippedBytes += 1;
        continue;
      }
      this.#packet(bytes.subarray(at, at + PACKET_SIZE));
      at += PACKET_SIZE;
    }
    this.#rest = bytes.slice(at);
  }

  /** Drops the streams with their incomplete units and packet counters, for example after a reconnect of the input. */
  restart(): void {
    this.#streams.clear();
    this.#counters.clear();
    this.#pmtPid = undefined;
    this.#rest = new Uint8Array();
  }

  #packet(bytes: Uint8Array): void {
    this.#counts.packets += 1;
    const packet = readPacket(bytes);
    if (!packet?.payload || packet.pid === NULL_PID) return;
    const { pid, payload, starts, privateData } = packet;
    const follows = this.#follows(packet);
    if (follows === "repeated") return;
    const stream = this.#streams.get(pid);
    if (stream) {
      if (follows === "after a gap") this.#giveUp(stream);
      return this.#collect(stream, { payload, starts, privateData });
    }
    if (pid === PAT_PID) {
      const section = this.#pat.push({ payload, starts });
      if (section) this.#pmtPid = readPat(section) ?? this.#pmtPid;
    } else if (pid === this.#pmtPid) {
      const section = this.#pmt.push({ payload, starts });
      if (section) this.#take(readPmt(section) ?? []);
    }
  }

  #follows({ pid, counter, discontinuity }: TsPacket): "in order" | "repeated" | "after a gap" {
    const before = this.#counters.get(pid);
    this.#counters.set(pid, counter);
    if (before === undefined || discontinuity) return "in order";
    if (counter === before) return "repeated";
    const missing = (counter - before - 1) & 0x0f;
    this.#counts.lost += missing;
    return missing > 0 ? "after a gap" : "in order";
  }

  /** Selects the first video and the first audio stream of the table. */
  #take(entries: readonly StreamEntry[]): void {
    const video = entries.find(({ codec }) => codec === "h264" || codec === "hevc");
    const audio = entries.find(({ codec }) => codec && codec !== "h264" && codec !== "hevc");
    const wanted = new Map<number, StreamCodec>();
    for (const entry of [video, audio]) if (entry?.codec) wanted.set(entry.pid, entry.codec);
    for (const [pid, { codec }] of this.#streams) {
      if (wanted.get(pid) !== codec) this.#streams.delete(pid);
    }
    for (const [pid, codec] of wanted) {
      if (!this.#streams.has(pid)) this.#streams.set(pid, { codec, open: undefined });
    }
  }

  #collect(
    stream: Stream,
    { payload, starts, privateData }: {
      payload: Uint8Array;
      starts: boolean;
      privateData: Uint8Array | undefined;
    },
  ): void {
    let part = payload;
    if (starts) {
      this.#finish(stream);
      const header = readPesHeader(payload);
      if (!header) return;
      const { pts, dts, payloadLength: wanted, headerLength } = header;
      const stamp = privateData && decodeStamp(privateData);
      stream.open = { pts, dts, wanted, stamp, parts: [], size: 0 };
      part = payload.subarray(headerLength);
    }
    const { open } = stream;
    if (!open) return;
    open.parts.push(part.slice());
    open.size += part.length;
    if (open.size > MAX_UNIT) this.#giveUp(stream);
    else if (open.wanted !== undefined && open.size >= open.wanted) this.#finish(stream);
  }

  #finish(stream: Stream): void {
    const { open, codec } = stream;
    stream.open = undefined;
    if (!open) return;
    const size = open.wanted ?? open.size;
    if (open.size < size) this.#counts.damagedUnits += 1;
    if (open.size < size || size === 0) return;
    const data = concat(open.parts).subarray(0, size);
    const { pts, dts, stamp } = open;
    this.#listener.unit({ codec, data, pts, dts, ...(stamp && { stamp }) });
  }

  #giveUp(stream: Stream): void {
    if (!stream.open) return;
    stream.open = undefined;
    this.#counts.damagedUnits += 1;
  }
}

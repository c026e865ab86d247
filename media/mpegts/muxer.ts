/**
 * One H.264 video and one AAC audio stream → transport packets, one access unit at a time, so no unit
 * waits for the next one. Pure: the caller passes times in and gets bytes.
 *
 * @module
 */
import { concat } from "../../protocol/bytes/concat.ts";
import { adtsFrame } from "./adts.ts";
import { type CaptureStamp, encodeStamp } from "./capture_stamp.ts";
import { PACKET_SIZE, PAT_PID, SYNC } from "./packet.ts";
import { AUDIO_ID, isUnbounded, VIDEO_ID, writeEmptyPes, writePes } from "./pes.ts";
import { writePat, writePmt } from "./tables.ts";

const PMT_PID = 0x1000;
const VIDEO_PID = 0x100;
const AUDIO_PID = 0x101;
/** The tables are sent before each keyframe and also this often, in ticks: a receiver that joins waits no longer. */
const TABLE_PERIOD = 45_000;
/** How far the sent clock (PCR) is behind the pictures' times, in ticks, so that a receiver may decode at once. */
const CLOCK_LEAD = 9_000;

/** The streams that a muxer writes; it always writes video. */
export interface MuxerOptions {
  /** Absent: there is no sound. `sampleRate` in samples a second, one of the rates of AAC. */
  readonly audio?: { readonly sampleRate: number; readonly channels: number };
}

/** Writes one transport stream. */
export class TsMuxer {
  readonly #audio: MuxerOptions["audio"];
  readonly #tables: readonly { readonly pid: number; readonly section: Uint8Array }[];
  readonly #counters = new Map<number, number>();
  #tablesAt: number | undefined;

  constructor({ audio }: MuxerOptions) {
    this.#audio = audio;
    const streams = [
      { pid: VIDEO_PID, codec: "h264" },
      ...(audio ? [{ pid: AUDIO_PID, codec: "aac" } as const] : []),
    ] as const;
    this.#tables = [
      { pid: PAT_PID, section: writePat(PMT_PID) },
      { pid: PMT_PID, section: writePmt({ pcrPid: VIDEO_PID, streams }) },
    ];
  }

  /**
   * Packets of an H.264 access unit in Annex B form; `pts` in ticks of 90 kHz, strictly increasing. `stamp`: when the
   * picture was captured.
   */
  video(
    data: Uint8Array,
    { pts, keyframe, stamp }: {
      readonly pts: number;
      readonly keyframe: boolean;
      readonly stamp?: CaptureStamp;
    },
  ): Uint8Array<ArrayBuffer> {
    const packets: Uint8Array[] = [];
    if (keyframe || this.#tablesAt === undefined || pts - this.#tablesAt >= TABLE_PERIOD) {
      this.#tablesAt = pts;
      for (const { pid, section } of this.#tables) packets.push(this.#table(pid, section));
    }
    const pes = writePes({ streamId: VIDEO_ID, pts, payload: data });
    packets.push(...this.#split(VIDEO_PID, pes, { keyframe, clock: pts - CLOCK_LEAD, stamp }));
    if (isUnbounded(data)) packets.push(...this.#split(VIDEO_PID, writeEmptyPes(VIDEO_ID)));
    return concat(packets);
  }

  /** Packets of one raw AAC frame; `pts` in ticks of 90 kHz. */
  audio(data: Uint8Array, { pts }: { readonly pts: number }): Uint8Array<ArrayBuffer> {
    if (!this.#audio) throw new Error("Cannot write sound: this stream was made without");
    const payload = adtsFrame(data, this.#audio);
    return concat(this.#split(AUDIO_PID, writePes({ streamId: AUDIO_ID, pts, payload })));
  }

  #table(pid: number, section: Uint8Array): Uint8Array {
    const packet = new Uint8Array(PACKET_SIZE).fill(0xff);
    packet.set(this.#header(pid, { starts: true, field: false }));
    packet[4] = 0;
    packet.set(section, 5);
    return packet;
  }

  /** Splits a PES packet into transport packets; the adaptation field of the last one fills the rest. */
  #split(
    pid: number,
    pes: Uint8Array,
    mark?: Marks,
  ): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (let at = 0; at < pes.length;) {
      const packet = new Uint8Array(PACKET_SIZE);
      const content = at === 0 && mark ? marks(mark) : undefined;
      const room = PACKET_SIZE - 4 - (content ? 1 + content.length : 0);
      const taken = Math.min(room, pes.length - at);
      const padding = room - taken;
      const hasField = content !== undefined || padding > 0;
      packet.set(this.#header(pid, { starts: at === 0, field: hasField }));
      if (hasField) packet.set(field(content, padding), 4);
      packet.set(pes.subarray(at, at + taken), PACKET_SIZE - taken);
      packets.push(packet);
      at += taken;
    }
    return packets;
  }

  #header(pid: number, { starts, field }: { starts: boolean; field: boolean }): number[] {
    const counter = this.#counters.get(pid) ?? 0;
    this.#counters.set(pid, (counter + 1) & 0x0f);
    return [SYNC, (starts ? 0x40 : 0) | (pid >> 8), pid & 0xff, (field ? 0x30 : 0x10) | counter];
  }
}

/** What the first packet of a picture says in its adaptation field. */
interface Marks {
  readonly keyframe: boolean;
  readonly clock: number;
  readonly stamp: CaptureStamp | undefined;
}

/** Flags, clock and private data of an adaptation field, without its length. */
function marks({ keyframe, clock, stamp }: Marks): number[] {
  const base = ((clock % 2 ** 33) + 2 ** 33) % 2 ** 33;
  const high = Math.floor(base / 2);
  const clockBytes = [high >>> 24, (high >>> 16) & 0xff, (high >>> 8) & 0xff, high & 0xff];
  const privateData = stamp ? encodeStamp(stamp) : new Uint8Array();
  const flags = (keyframe ? 0x40 : 0) | 0x10 | (stamp ? 0x02 : 0);
  return [
    ...[flags, ...clockBytes, ((base % 2) << 7) | 0x7e, 0],
    ...(stamp ? [privateData.length, ...privateData] : []),
  ];
}

/** An adaptation field of `content` and stuffing, `padding` bytes longer in all. */
function field(content: readonly number[] | undefined, padding: number): Uint8Array {
  const size = (content ? 1 + content.length : 0) + padding;
  const bytes = new Uint8Array(size).fill(0xff);
  bytes[0] = size - 1;
  if (content) bytes.set(content, 1);
  else if (size > 1) bytes[1] = 0;
  return bytes;
}

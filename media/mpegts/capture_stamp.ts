/**
 * The stamp of a picture in a transport stream: when it was captured by the receiver's clock, and how long it took until
 * it was compressed. It is private data in the adaptation field of the picture's first packet, where other receivers
 * pass over it, whatever the codec is.
 *
 * ```text
 * df LL "FPCT" 00 capture:u64 error:u32 device:u32     microseconds; the capture since 1970
 * df 05 "FPCT" KK                                      the capture is not known: 01 not compared, 02 not comparable
 * ```
 *
 * @module
 */
import type { ReceiverClock, UnknownClock } from "../links/receiver_clock.ts";

/** The tag of private data that names its format (ETSI TS 101 154, annex D). */
const TAG = 0xdf;
/** "FPCT" in ASCII. */
const FORMAT = 0x46504354;
const HEADER = 2;
/** Bytes of the format and the kind, and of the times. */
const NAME = 5;
const TIMES = 16;
const KINDS = ["known", "not_compared", "not_comparable"] as const satisfies readonly (
  | "known"
  | UnknownClock
)[];
const MAX_U32 = 0xffff_ffff;

/** When a picture was captured. Times in milliseconds. */
export type CaptureStamp =
  | {
    readonly type: "known";
    /** Since 1970 by the receiver's clock. */
    readonly capturedAt: number;
    /** The largest error of `capturedAt`. */
    readonly error: number;
    /** From the capture until the picture was compressed and given to the link. */
    readonly device: number;
  }
  | { readonly type: "unknown"; readonly why: UnknownClock };

/** The stamp of a picture that is given to the link `now`; both times by the device's own clock. */
export function stampOf(
  { capturedAt, now, clock }: {
    readonly capturedAt: number;
    readonly now: number;
    readonly clock: ReceiverClock;
  },
): CaptureStamp {
  if (clock.type === "unknown") return clock;
  const { offset, error } = clock;
  // A file's picture may be decoded before its time.
  const device = Math.max(0, now - capturedAt);
  return { type: "known", capturedAt: now - device + offset, error, device };
}

/** The bytes of a stamp. */
export function encodeStamp(stamp: CaptureStamp): Uint8Array<ArrayBuffer> {
  const isKnown = stamp.type === "known";
  const bytes = new Uint8Array(HEADER + NAME + (isKnown ? TIMES : 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = TAG;
  bytes[1] = bytes.length - HEADER;
  view.setUint32(2, FORMAT);
  bytes[6] = KINDS.indexOf(isKnown ? "known" : stamp.why);
  if (isKnown) {
    view.setBigUint64(7, BigInt(Math.max(0, Math.round(stamp.capturedAt * 1000))));
    view.setUint32(15, micros(stamp.error));
    view.setUint32(19, micros(stamp.device));
  }
  return bytes;
}

/** The stamp among the private data of a packet; `undefined` when there is none that can be read. */
export function decodeStamp(data: Uint8Array): CaptureStamp | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + HEADER <= data.length; at += HEADER + data[at + 1]!) {
    const length = data[at + 1]!;
    if (at + HEADER + length > data.length) return undefined;
    if (data[at] !== TAG || length < NAME || view.getUint32(at + 2) !== FORMAT) continue;
    const kind = KINDS[data[at + 6]!];
    if (kind === undefined) return undefined;
    if (kind !== "known") return { type: "unknown", why: kind };
    if (length < NAME + TIMES) return undefined;
    return {
      type: "known",
      capturedAt: Number(view.getBigUint64(at + 7)) / 1000,
      error: view.getUint32(at + 15) / 1000,
      device: view.getUint32(at + 19) / 1000,
    };
  }
  return undefined;
}

function micros(ms: number): number {
  return Math.min(MAX_U32, Math.max(0, Math.round(ms * 1000)));
}

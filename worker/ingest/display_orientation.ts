/**
 * Reads the rotation at which an H.264 picture is to be shown from the display orientation SEI (ITU-T H.264 §D.1.27).
 * Browsers ignore this SEI.
 *
 * @module
 */
import { NalType, nalType } from "../../media/annexb.ts";
import type { QuarterTurns } from "../../media/ports.ts";

/** `payloadType` of the display orientation. */
const DISPLAY_ORIENTATION = 47;
/** A byte of this value is not the last byte of a number (§7.3.2.3.1). */
const CONTINUES = 255;
/** `anticlockwise_rotation` of a full turn. */
const FULL_TURN = 2 ** 16;

/** The rotation in the NAL units of a keyframe, counter-clockwise; 0 when they hold none. */
export function readRotation(nals: readonly Uint8Array[]): QuarterTurns {
  for (const nal of nals) {
    const payload = nalType(nal) === NalType.sei ? findPayload(nal) : undefined;
    if (!payload || payload.length < 3) continue;
    // Cancel flag, two flips, then sixteen bits of the angle.
    const first = payload[0]!;
    const angle = (first & 0x1f) << 11 | payload[1]! << 3 | payload[2]! >> 5;
    const isCancelled = (first & 0x80) !== 0;
    if (!isCancelled) return Math.round(4 * angle / FULL_TURN) % 4 as QuarterTurns;
  }
  return 0;
}

/** The payload of the display orientation in a SEI. Each SEI message consists of type, size and payload. */
function findPayload(nal: Uint8Array): Uint8Array | undefined {
  let at = 1;
  const number = () => {
    let value = 0;
    while (nal[at] === CONTINUES) value += nal[at++]!;
    return value + (nal[at++] ?? 0);
  };
  while (at + 2 < nal.length) {
    const type = number();
    const size = number();
    if (type === DISPLAY_ORIENTATION) return nal.subarray(at, at + size);
    at += size;
  }
  return undefined;
}

/**
 * Splits an H.264 access unit into RTP payloads, non-interleaved mode (RFC 6184): a NAL unit that fits is one payload,
 * parameter sets share one (STAP-A), and larger NAL units are split (FU-A).
 *
 * @module
 */
import { NalType, nalType, splitNals } from "../../media/annexb.ts";
import { MAX_PAYLOAD } from "../../media/ports.ts";

/** Packet types of RFC 6184, table 1. */
const STAP_A = 24;
const FU_A = 28;
/** `forbidden_zero_bit` and `nal_ref_idc`, which fragments and aggregates repeat. */
const REF_BITS = 0xe0;

/**
 * The RTP payloads of an access unit in Annex B form, in order, each at most {@linkcode MAX_PAYLOAD} bytes. Delimiters
 * and SEI are left out.
 */
export function h264Payloads(data: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let parameterSets: Uint8Array[] = [];
  for (const nal of splitNals(data)) {
    const type = nalType(nal);
    if (type === NalType.sei || type === NalType.delimiter) continue;
    if (type === NalType.sps || type === NalType.pps) {
      parameterSets.push(nal);
      continue;
    }
    payloads.push(...aggregate(parameterSets), ...fragment(nal));
    parameterSets = [];
  }
  payloads.push(...aggregate(parameterSets));
  return payloads;
}

/** One STAP-A (§5.7.1) of several NAL units. A single unit, or units too large for one payload, are not aggregated. */
function aggregate(nals: readonly Uint8Array[]): Uint8Array[] {
  const size = nals.reduce((sum, nal) => sum + 2 + nal.length, 1);
  if (nals.length < 2 || size > MAX_PAYLOAD) return nals.flatMap(fragment);
  const payload = new Uint8Array(size);
  payload[0] = Math.max(...nals.map((nal) => nal[0]! & REF_BITS)) | STAP_A;
  const view = new DataView(payload.buffer);
  let offset = 1;
  for (const nal of nals) {
    view.setUint16(offset, nal.length);
    payload.set(nal, offset + 2);
    offset += 2 + nal.length;
  }
  return [payload];
}

/** The NAL unit itself, or FU-As (§5.8) of nearly the same size, so that no packet is sent for a short rest. */
function fragment(nal: Uint8Array): Uint8Array[] {
  if (nal.length <= MAX_PAYLOAD) return [nal];
  const header = nal[0]!;
  const body = nal.subarray(1);
  const count = Math.ceil(body.length / (MAX_PAYLOAD - 2));
  const size = Math.ceil(body.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = body.subarray(index * size, (index + 1) * size);
    const payload = new Uint8Array(2 + part.length);
    payload[0] = (header & REF_BITS) | FU_A;
    const start = index === 0 ? 0x80 : 0;
    const end = index === count - 1 ? 0x40 : 0;
    payload[1] = start | end | (header & 0x1f);
    payload.set(part, 2);
    return payload;
  });
}

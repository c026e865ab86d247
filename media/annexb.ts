/**
 * H.264 in Annex B form: NAL units behind start codes (ITU-T H.264, Annex B).
 *
 * @module
 */

/** `nal_unit_type` of the units that are handled separately (ITU-T H.264, table 7-1). */
export const NalType = { idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** The `nal_unit_type` of a NAL unit, which must not be empty. */
export function nalType(nal: Uint8Array): number {
  return nal[0]! & 0x1f;
}

/** The NAL units of an access unit, without start codes and trailing zeros; views into `data`, none empty. */
export function splitNals(data: Uint8Array): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let start: number | undefined;
  for (let at = nextStartCode(data, 0); at < data.length; at = nextStartCode(data, at + 3)) {
    if (start !== undefined) pushTrimmed(nals, data.subarray(start, at));
    start = at + 3;
  }
  if (start !== undefined) pushTrimmed(nals, data.subarray(start));
  return nals;
}

/** The access unit made of these NAL units, each behind a four-byte start code. */
export function joinNals(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(nals.reduce((size, nal) => size + 4 + nal.length, 0));
  let offset = 0;
  for (const nal of nals) {
    joined[offset + 3] = 1;
    joined.set(nal, offset + 4);
    offset += 4 + nal.length;
  }
  return joined;
}

/** Where the next 00 00 01 begins at or after `from`; the length when there is none. */
function nextStartCode(data: Uint8Array, from: number): number {
  for (let at = from; at + 2 < data.length;) {
    const third = data[at + 2]!;
    if (third > 1) at += 3;
    else if (third === 1 && data[at] === 0 && data[at + 1] === 0) return at;
    else at += 1;
  }
  return data.length;
}

/** A unit never ends in a zero byte: such bytes belong to the next start code (§B.1, `trailing_zero_8bits`). */
function pushTrimmed(nals: Uint8Array[], nal: Uint8Array): void {
  let end = nal.length;
  while (end > 0 && nal[end - 1] === 0) end -= 1;
  if (end > 0) nals.push(nal.subarray(0, end));
}

/** A copy of an access unit without the units that no decoder needs: access unit delimiters and SEI. */
export function withoutOptional(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return joinNals(
    splitNals(data).filter((nal) => {
      const type = nalType(nal);
      return type !== NalType.sei && type !== NalType.delimiter;
    }),
  );
}

/**
 * The range of bytes that a request asks for (RFC 9110 §14.2). Of several ranges and of other units none is served: the
 * whole file is a right answer to them.
 *
 * @module
 */

/** First and last byte, inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** The range in a `Range` header; `undefined`: the whole file. */
export function readRange(
  header: string | undefined,
  size: number,
): ByteRange | "outside" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "outside" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  if (first >= size) return "outside";
  if (to === "") return { first, last: size - 1 };
  return Number(to) < first ? undefined : { first, last: Math.min(Number(to), size - 1) };
}

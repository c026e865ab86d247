/**
 * Reads the answer to ListObjectsV2: an XML of the service, of which keys, sizes, times and the token of the next page
 * count.
 *
 * @module
 */
import type { StoredFile } from "../ports.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The files of one page, and the token of the next one. What has no key or no size is left out. */
export function readList(
  xml: string,
): { readonly files: StoredFile[]; readonly next: string | undefined } {
  const files = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, content = ""]) => {
    const key = textOf(content, "Key");
    const size = Number(textOf(content, "Size") ?? Number.NaN);
    if (key === undefined || !Number.isSafeInteger(size) || size < 0) return [];
    const changed = Date.parse(textOf(content, "LastModified") ?? "");
    return [{ key, size, ...(Number.isFinite(changed) && { changed }) }];
  });
  const isTruncated = textOf(xml, "IsTruncated") === "true";
  return { files, next: isTruncated ? textOf(xml, "NextContinuationToken") : undefined };
}

function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, ten, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = ten === undefined ? Number.parseInt(hex, 16) : Number(ten);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

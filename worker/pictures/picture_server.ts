/**
 * Serves small pictures to browsers that know their addresses: `/pictures/NAME.jpg`. A name is random: that of a cover
 * is of one picture for ever, and that of a live stream is of its newest picture.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { PICTURES_PATH } from "../../protocol/picture/small_picture.ts";

const NAME = /^\/([0-9a-f]{32})\.jpg(?:\?|$)/;
/** Pages of every origin may show it: the address is the right. As a page of its own it may do nothing. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "age",
  "cross-origin-resource-policy": "cross-origin",
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
};

/** A picture to serve. */
export interface ServedPicture {
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** How old it is, in seconds; absent: its name is never that of another one. */
  readonly age?: number;
}

/** Finds a picture by its name. */
export type FindPicture = (name: string) => Promise<ServedPicture | undefined>;

/** The part of an address below that of the worker's HTTP server. */
export function picturePath(name: string): string {
  return `${PICTURES_PATH}/${name}.jpg`;
}

/** Whether a path is one of small pictures. */
export function isPicturePath(path: string): boolean {
  return path.startsWith(`${PICTURES_PATH}/`);
}

/** Makes the function that answers one request; it resolves when the answer has ended. */
export function pictureServer(
  find: FindPicture,
): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async ({ url = "", method }, response) => {
    const [, name] = NAME.exec(url.slice(PICTURES_PATH.length)) ?? [];
    const isHead = method === "HEAD";
    const found = name !== undefined && (isHead || method === "GET") ? await find(name) : undefined;
    const body = found?.jpeg ?? new TextEncoder().encode("There is no such picture here\n");
    const isLasting = found && found.age === undefined;
    response.writeHead(found ? 200 : 404, {
      ...HEADERS,
      "content-type": found ? "image/jpeg" : "text/plain;charset=UTF-8",
      "content-length": String(body.length),
      "cache-control": isLasting ? "private, max-age=31536000, immutable" : "no-store",
      ...(found?.age !== undefined && { age: String(Math.floor(found.age)) }),
    });
    response.end(isHead ? undefined : body);
  };
}

/**
 * Serves small pictures to browsers that know their addresses: `/pictures/NAME.jpg`. A name is random and is that of
 * one picture for ever.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { PICTURES_PATH } from "../../protocol/picture/small_picture.ts";

const NAME = /^\/([0-9a-f]{32})\.jpg$/;
/** Pages of every origin may show it: the address is the right. As a page of its own it may do nothing. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
};

/** Finds a picture by its name. */
export type FindPicture = (name: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

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
    const bytes = name !== undefined && (isHead || method === "GET") ? await find(name) : undefined;
    const text = new TextEncoder().encode("There is no such picture here\n");
    const type = bytes ? "image/jpeg" : "text/plain;charset=UTF-8";
    response.writeHead(bytes ? 200 : 404, {
      ...HEADERS,
      "content-type": type,
      "content-length": String((bytes ?? text).length),
      "cache-control": bytes ? "private, max-age=31536000, immutable" : "no-store",
    });
    response.end(isHead ? undefined : bytes ?? text);
  };
}

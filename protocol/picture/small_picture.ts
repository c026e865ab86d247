/**
 * The small pictures that a worker serves: covers of games, and the newest of live streams.
 *
 * @module
 */
import * as z from "zod/mini";

/** Small pictures are below this path of a worker's HTTP server, each under a random name. */
export const PICTURES_PATH = "/pictures";
/** Most bytes of a small picture, a JPEG. */
export const MAX_PICTURE = 48 * 1024;
/** The address of a small picture. Who knows it may see it; another picture has another address. */
export const PictureUrl = z.string().check(
  z.maxLength(480),
  z.regex(/^(https?:\/\/|\/)[^\s"'<>]*$/),
);

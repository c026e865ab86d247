/**
 * FFmpeg's log. The process has one, and it goes to standard error.
 *
 * @module
 */
import { Log } from "node-av/lib";
import { AV_LOG_QUIET } from "node-av/constants";

/**
 * Turns FFmpeg's log off. Its lines hold whole URLs, and with them passwords, passphrases and stream keys; faults come
 * as results of calls. Every module that uses FFmpeg calls this and sets no other level, since the last call counts.
 */
export function silenceFfmpeg(): void {
  Log.setLevel(AV_LOG_QUIET);
}

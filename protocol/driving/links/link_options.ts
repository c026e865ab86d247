/**
 * The options of a datagram link that carries control.
 *
 * @module
 */
import type { LinkOptions } from "../../datagram/options.ts";

/**
 * A link whose path is dead is noticed within 3.5 s, and then dialled with a new socket each few seconds. Failsafes do
 * not wait for that: they follow the silence of control.
 */
export const DRIVE_LINK: Partial<LinkOptions> = {
  connectionTimeout: 3_000,
  pingInterval: 500,
  pingPacketCount: 6,
};

/**
 * The options of a datagram link that carries control.
 *
 * @module
 */
import type { LinkOptions } from "../datagram/options.ts";

/** A path that is dead is noticed within 3.5 s. Failsafes do not wait for it: they follow the silence of control. */
export const DRIVE_LINK: Partial<LinkOptions> = { pingInterval: 500, pingPacketCount: 6 };

/**
 * How many network paths carry one stream, its pictures and its control channel.
 *
 * @module
 */

/** The most paths of a stream. */
export const MAX_PATHS = 6;

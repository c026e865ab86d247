/**
 * The name of the system's C library. It is apart from the code that loads it, for the program that names it in a
 * permission.
 *
 * @module
 */

/** The C library of the system. */
export const LIBC = "libc.so.6";

/**
 * The shared libraries of links, and where Debian keeps them. Deno permits a library by its whole path, so that the system's own search for a
 * bare name is of no use to a process that may load few.
 *
 * @module
 */

/** The C library. */
export const LIBC = "libc.so.6";
/** SRT, in Debian's package `libsrt1.5-gnutls`. */
export const LIBSRT = "libsrt-gnutls.so.1.5";

/** Debian's folders of shared libraries, for the architectures that field devices have. */
const FOLDERS = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu`);

/** The paths at which a library may be, for permissions. */
export function libraryPaths(name: string): string[] {
  return FOLDERS.map((folder) => `${folder}/${name}`);
}

/** The path of a library on this machine. */
export function libraryPath(name: string): string {
  return `/usr/lib/${Deno.build.arch}-linux-gnu/${name}`;
}

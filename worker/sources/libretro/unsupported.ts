/**
 * Cores that cannot run here, by name.
 *
 * @module
 */

/**
 * Cores built on libco: they switch to another stack in the middle of a call, and V8 ends the process
 * when it is called back from a stack other than its own ("Check failed: IsOnCentralStack()").
 */
const COROUTINE_CORES = [
  /^bsnes/,
  /^higan/,
  /^nside/,
  /^mupen64plus/,
  /^parallel_n64/,
  /^dosbox(?!_pure)/,
  /^hatari/,
  /^scummvm/,
];

/** Why the core `id` (its file name up to `_libretro`) cannot run here; `undefined` when it can. */
export function whyUnsupported(id: string): string | undefined {
  if (!COROUTINE_CORES.some((pattern) => pattern.test(id))) return undefined;
  return `the core ${id} runs on a stack of its own (libco), which cannot be called from here`;
}

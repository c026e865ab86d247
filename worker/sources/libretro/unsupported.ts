/**
 * Cores that need care or cannot run here, by name.
 *
 * Cores built on libco switch to another stack in the middle of a call, and V8 ends the process when it is called back
 * from a stack other than its own ("Check failed: IsOnCentralStack()").
 *
 * @module
 */
import { HAS_OWN_STACK_CALLBACKS } from "./callbacks/machine_code.ts";

/** Those of them that only draw, sound and read pads on their stacks, for which there are callbacks. */
const OWN_STACK_CORES = [/^bsnes/, /^higan/, /^nside/];
/** Those of them that do more there. */
const COROUTINE_CORES = [/^dosbox(?!_pure)/, /^hatari/, /^scummvm/];
/** Cores that draw on a GPU; some of them are built on libco as well. */
const GPU_CORES = [/^mupen64plus/, /^parallel_n64/];

/** Whether the core `id` (its file name up to `_libretro`) calls from a stack of its own. */
export function callsFromOwnStack(id: string): boolean {
  return isOneOf(OWN_STACK_CORES, id);
}

/**
 * Why the core `id` cannot run here; `undefined` when it can. `ownStacks`: whether this machine has callbacks for cores
 * that call from a stack of their own.
 */
export function whyUnsupported(
  id: string,
  ownStacks = HAS_OWN_STACK_CALLBACKS,
): string | undefined {
  if (isOneOf(GPU_CORES, id)) {
    return `the core ${id} draws with a GPU (hardware rendering), which is not offered`;
  }
  if (isOneOf(COROUTINE_CORES, id) || (callsFromOwnStack(id) && !ownStacks)) {
    return `the core ${id} runs on a stack of its own (libco), which cannot be called from here`;
  }
  return undefined;
}

function isOneOf(patterns: readonly RegExp[], id: string): boolean {
  return patterns.some((pattern) => pattern.test(id));
}

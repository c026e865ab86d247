/**
 * The environment of child processes. It holds what programs need of their system and nothing else: settings, and with
 * them secrets, go through the message pipe to the process that needs them. Other users' programs can read an
 * environment, and native code in a child can.
 *
 * @module
 */
import { SMALL_HEAP } from "./small_memory.ts";

/** Names of what is passed on. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+|LD_LIBRARY_PATH|NO_COLOR|MALLOC_[A-Z_]+|DENO_(CERT|DIR|TLS_CA_STORE|V8_FLAGS|NO_UPDATE_CHECK))$/;

/**
 * The environment for a child, from that of this process unless another is given. It keeps the child's memory small.
 */
export function childEnvironment(
  own: Readonly<Record<string, string>> = Deno.env.toObject(),
): Record<string, string> {
  const passed = Object.entries(own).filter(([name]) => PASSED.test(name));
  return { ...SMALL_HEAP, ...Object.fromEntries(passed) };
}

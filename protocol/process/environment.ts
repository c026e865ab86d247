/**
 * The environment of child processes. It holds what programs need of their system and nothing else: settings, and with
 * them secrets, go through the message pipe to the process that needs them. Other users' programs can read an
 * environment, and native code in a child can.
 *
 * @module
 */

/** Names of what is passed on. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+|LD_LIBRARY_PATH|NO_COLOR|DENO_(CERT|DIR|TLS_CA_STORE|V8_FLAGS|NO_UPDATE_CHECK))$/;

/** The environment for a child, from that of this process unless another is given. */
export function childEnvironment(
  own: Readonly<Record<string, string>> = Deno.env.toObject(),
): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => PASSED.test(name)));
}

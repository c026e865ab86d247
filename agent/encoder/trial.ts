/**
 * Tries a hardware encoder in a process of its own: a driver is native code, which may hang or crash.
 *
 * @module
 */
import type { Hardware } from "../../media/ports.ts";
import { WORKS } from "./choose_encoder.ts";
import { durationsPermissions, type NativeCode } from "../permissions.ts";
import { type Program, runOnce } from "../program.ts";

/** Makes the function that tries an encoder: it resolves with the reason why streams cannot use it, or `undefined`. */
export function encoderTrials(
  program: Program,
  native: NativeCode,
  run: typeof runOnce = runOnce,
): (hardware: Hardware) => Promise<string | undefined> {
  return async (hardware) => {
    const permissions = durationsPermissions(native);
    const output = await run(program, { args: ["encoder", hardware], permissions });
    if (output === undefined) {
      return "Its driver ended the process that tried it, or did not encode within 20 s";
    }
    // A driver may print lines of its own before the answer.
    const answer = output.trimEnd().split("\n").at(-1) ?? "";
    return answer === WORKS ? undefined : answer;
  };
}

/**
 * Asks for the key of one action or of several in turn. A key that does something else is taken after a second press.
 *
 * ```text
 *  asking ──free key──▶ the next action … ──▶ done
 *    ├──key of another action──▶ asking, with that conflict ──the same key again──▶ the next action
 *    ├──reserved key──▶ asking, with the reason
 *    └──skip──▶ the next action
 * ```
 *
 * @module
 */
import { keyName } from "../input/keyboard.ts";
import { type Action, actionName } from "./actions.ts";
import { actionOf, assign, type Keys, reserved } from "./keys.ts";

/** The state of the wizard. */
export type KeyWizard =
  | {
    readonly state: "asking";
    readonly actions: readonly Action[];
    /** Index in `actions` of the one that is asked for. */
    readonly at: number;
    readonly keys: Keys;
    /** The system whose names are shown. */
    readonly system: string;
    /** The key that was pressed and does something else. */
    readonly conflict: string | undefined;
    /** Why the last key was not taken, as a sentence. */
    readonly why: string | undefined;
  }
  | { readonly state: "done"; readonly keys: Keys };

/** Begins with the first action. */
export function beginKeys(actions: readonly Action[], keys: Keys, system = ""): KeyWizard {
  return ask({ actions, at: 0, keys, system });
}

/** The next state after a key was pressed. */
export function pressKey(wizard: KeyWizard, code: string): KeyWizard {
  if (wizard.state === "done") return wizard;
  const { actions, at, keys, system } = wizard;
  const why = reserved(code);
  if (why) return { ...wizard, conflict: undefined, why: `${why} Press another key.` };
  const action = actions[at]!;
  const before = actionOf(keys, code);
  const isTaken = before !== undefined && before !== action;
  if (isTaken && wizard.conflict !== code) {
    const [other, wanted] = [actionName(before, system), actionName(action, system)];
    const key = keyName(code);
    return {
      ...wizard,
      conflict: code,
      why: `${key} is ${other}. Press it again to use it for ${wanted}, or press another key.`,
    };
  }
  return ask({ actions, at: at + 1, keys: assign(keys, action, code), system });
}

/** Leaves the action with the keys that it has. */
export function skipKey(wizard: KeyWizard): KeyWizard {
  return wizard.state === "done" ? wizard : ask({ ...wizard, at: wizard.at + 1 });
}

function ask(
  { actions, at, keys, system }: Pick<
    Extract<KeyWizard, { state: "asking" }>,
    "actions" | "at" | "keys" | "system"
  >,
): KeyWizard {
  if (at >= actions.length) return { state: "done", keys };
  return { state: "asking", actions, at, keys, system, conflict: undefined, why: undefined };
}

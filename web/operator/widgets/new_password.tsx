/**
 * The field of a new password.
 *
 * @module
 */
import { TextField } from "./form.tsx";

/** Shorter passwords are refused by the coordinator. */
const SHORTEST = 8;

/** A field that says how long a new password must be. */
export function NewPasswordField(
  { label, value, change, focus = false }: {
    readonly label: string;
    readonly value: string;
    readonly change: (value: string) => void;
    readonly focus?: boolean;
  },
) {
  const missing = SHORTEST - value.length;
  return (
    <TextField
      label={label}
      type="password"
      name="password"
      autocomplete="new-password"
      required
      focus={focus}
      minLength={SHORTEST}
      hint={`At least ${SHORTEST} characters.`}
      fault={value !== "" && missing > 0 ? `${missing} more characters, at least.` : undefined}
      value={value}
      change={change}
    />
  );
}

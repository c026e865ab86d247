/**
 * The field of a code of an authenticator app.
 *
 * @module
 */
import { TextField } from "./form.tsx";

/** A field that phones fill from the authenticator app. */
export function CodeField(
  { label, value, change, focus = false }: {
    readonly label: string;
    readonly value: string;
    readonly change: (value: string) => void;
    readonly focus?: boolean;
  },
) {
  return (
    <TextField
      label={label}
      name="code"
      autocomplete="one-time-code"
      required
      focus={focus}
      maxLength={40}
      value={value}
      change={change}
    />
  );
}

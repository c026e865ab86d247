/**
 * The text of a caught value of unknown type.
 *
 * @module
 */

/**
 * The text of a caught value, never empty: an error's message without the name of its class, or any other value as
 * text. An `AggregateError` of a failed connection has no message of its own (one error per address tried): then its
 * errors' messages; an error without any message is named.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(errorText))].join("; ");
  }
  return error.name;
}

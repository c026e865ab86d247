/**
 * Lets the browser keep a file among its downloads.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";

/** Keeps a file under a name. */
export function keepFile(blob: Blob, name: string, clock: Clock): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Browsers take the address up at once, Safari a moment later.
  clock.after(10_000, () => URL.revokeObjectURL(url));
}

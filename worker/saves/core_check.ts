/**
 * Whether a core takes the save of another one.
 *
 * @module
 */
import type { CoreVersion } from "../../protocol/saves/save.ts";

/** Why a save is not loaded: another core, or a newer version of this one, made it. `undefined`: it may be. */
export function whyForeign(
  made: CoreVersion | undefined,
  runs: CoreVersion | undefined,
): string | undefined {
  if (!made || !runs) return undefined;
  if (made.name !== runs.name) {
    return `${words(made)} made it, and the game runs in ${words(runs)} here`;
  }
  if (isNewer(made.version, runs.version)) {
    return `A newer version of the core made it: ${words(made)}, and here is ${runs.version}`;
  }
  return undefined;
}

function words({ name, version }: CoreVersion): string {
  return version ? `${name} ${version}` : name;
}

/** Whether the first version is later, by its numbers; texts that have none are not compared. */
function isNewer(one: string, other: string): boolean {
  const [left, right] = [numbers(one), numbers(other)];
  if (left.length === 0 || right.length === 0) return false;
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** The numbers at the beginning: "1.52.0-WIP 3f2a" has 1, 52 and 0. */
function numbers(version: string): number[] {
  const [, digits] = /^v?(\d+(?:\.\d+)*)/i.exec(version) ?? [];
  return digits?.split(".").map(Number) ?? [];
}

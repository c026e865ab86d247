/**
 * Whether a one-time link works, told before its form is filled in.
 *
 * @module
 */
import type { Requester } from "../accounts/caller.ts";
import { isRefused, type Refused } from "../refusals.ts";
import type { Attempts } from "./attempts.ts";

/** Looks a link up. A link that works is no attempt to guess one, so it does not count against its address. */
export async function checkLink(
  attempts: Attempts,
  { address }: Requester,
  find: () => Promise<object | Refused>,
): Promise<Refused | undefined> {
  const refusal = attempts.admitAddress(address);
  if (refusal) return refusal;
  const found = await find();
  if (isRefused(found)) return found;
  attempts.forgiveAddress(address);
  return undefined;
}

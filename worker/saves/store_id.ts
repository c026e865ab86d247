/**
 * The id of a folder of saves, which a file in it holds: workers that read the same id share the folder.
 *
 * @module
 */
import { join } from "node:path";
import { newPrefixedId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import { systemClock } from "../../protocol/clock.ts";

/** The id of a folder, which is made with a new id if it has none. */
export async function openStoreId(folder: string, random: Random): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, ".store");
  const id = newPrefixedId("store", { clock: systemClock, random });
  const whole = `${path}-${id}`;
  await Deno.writeTextFile(whole, id);
  try {
    // Of several workers that start at once, one makes it, and none finds it empty.
    await Deno.link(whole, path);
    return id;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return (await Deno.readTextFile(path)).trim();
  } finally {
    await Deno.remove(whole);
  }
}

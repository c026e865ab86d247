/**
 * The file in the data folder with the running coordinator's URL, for programs on this machine. It contains the id of
 * the process that wrote it, so that a reader can ignore the file of an earlier process.
 *
 * @module
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { writeDurably } from "../../protocol/disk/durable_file.ts";

const ADDRESS_FILE = "coordinator_address.json";

const CoordinatorAddress = z.object({
  /** The id of the coordinator's process. */
  pid: z.int(),
  /** Without a slash at its end. */
  url: z.url(),
});
/** The content of the file. */
export type CoordinatorAddress = z.infer<typeof CoordinatorAddress>;

/**
 * Writes the file into the data folder.
 *
 * @throws the file system's error when the file cannot be written
 */
export async function writeAddress(folder: string, address: CoordinatorAddress): Promise<void> {
  await writeDurably(join(folder, ADDRESS_FILE), `${JSON.stringify(address)}\n`);
}

/** The address that process `pid` wrote; `undefined` when it has written none. */
export function readAddress(folder: string, pid: number): CoordinatorAddress | undefined {
  const written = readAnyAddress(folder);
  return written?.pid === pid ? written : undefined;
}

/** The address that was written last, by a process that may have crashed since; `undefined` when there is none. */
export function readAnyAddress(folder: string): CoordinatorAddress | undefined {
  try {
    const json: unknown = JSON.parse(Deno.readTextFileSync(join(folder, ADDRESS_FILE)));
    return CoordinatorAddress.safeParse(json).data;
  } catch {
    return undefined;
  }
}

/** Removes the address of process `pid`. */
export function removeAddress(folder: string, pid: number): void {
  if (readAddress(folder, pid)) Deno.removeSync(join(folder, ADDRESS_FILE));
}

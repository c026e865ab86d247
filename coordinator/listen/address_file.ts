/**
 * The file in the data folder that tells programs on this machine where the running coordinator is reached. It
 * names the process that wrote it, so that a file left by an earlier process misleads nobody.
 *
 * @module
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { writeDurably } from "../../protocol/disk/durable_file.ts";

const ADDRESS_FILE = "coordinator_address.json";

const CoordinatorAddress = z.object({
  /** Of the coordinator's process. */
  pid: z.int(),
  /** Without a slash at its end. */
  url: z.url(),
});
export type CoordinatorAddress = z.infer<typeof CoordinatorAddress>;

/** @throws the file system's error when the file cannot be written */
export async function writeAddress(folder: string, address: CoordinatorAddress): Promise<void> {
  await writeDurably(join(folder, ADDRESS_FILE), `${JSON.stringify(address)}\n`);
}

/** The address that process `pid` wrote; `undefined` when it has written none. */
export function readAddress(folder: string, pid: number): CoordinatorAddress | undefined {
  try {
    const json: unknown = JSON.parse(Deno.readTextFileSync(join(folder, ADDRESS_FILE)));
    const { data } = CoordinatorAddress.safeParse(json);
    return data?.pid === pid ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the address of process `pid`. */
export function removeAddress(folder: string, pid: number): void {
  if (readAddress(folder, pid)) Deno.removeSync(join(folder, ADDRESS_FILE));
}

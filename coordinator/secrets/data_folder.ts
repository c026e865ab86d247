/**
 * The files in the coordinator's data folder besides the store. Secrets are readable by their owner only.
 *
 * @module
 */
import { join } from "node:path";
import { removeLeftovers, writeDurably } from "../../protocol/disk/durable_file.ts";
import { storageReason, whyNotKept } from "../../protocol/disk/storage_fault.ts";
import type { Random } from "../../protocol/random.ts";
import { StoreFault } from "../ports.ts";
import type { CredentialFile } from "./worker_credentials.ts";

/** Name of the file with the demonstration device's enrolment token, which `npm start` gives to the agent. */
export const DEMO_ENROLLMENT = "demo_enrollment.txt";

/**
 * Name of the file that is there while the device of the demonstration car is to run. It holds the device's enrolment
 * token, or nothing once it is enrolled.
 */
export const DEMO_CAR = "demo_car.txt";

/** Name of the file that a running coordinator holds locked. */
const LOCK = "coordinator.lock";

/**
 * Makes the folder if it does not exist, locks it for this process, and removes the partly written files of an
 * earlier process. The lock ends with the process, also after a crash.
 *
 * @throws {TypeError} when the folder cannot be made or written, and when another coordinator has locked it
 */
export async function openDataFolder(folder: string): Promise<Disposable> {
  let lock: Deno.FsFile;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    lock = await Deno.open(join(folder, LOCK), { create: true, write: true, mode: 0o600 });
    await removeLeftovers(folder);
  } catch (error) {
    throw folderFault(folder, error);
  }
  if (await lock.tryLock(true)) return lock;
  lock.close();
  throw new TypeError(
    `Cannot use the data folder ${folder}: another coordinator is running with it. Stop that one, or set FARPAD_DATA to another folder`,
  );
}

/** One sentence for an error of the file system in the data folder, and what to do. */
export function folderFault(folder: string, error: unknown): TypeError {
  const why = error instanceof Deno.errors.AlreadyExists ? "it is a file" : whyNotKept(error);
  const advice = storageReason(error) === "full"
    ? "Free some space, or set FARPAD_DATA to a folder on another disk"
    : "Set FARPAD_DATA to a folder that this user can write";
  return new TypeError(`Cannot use the data folder ${folder}: ${why}. ${advice}`, { cause: error });
}

/**
 * The key that signs resume tokens, 32 bytes, made at the first start.
 *
 * @throws {TypeError} when the file exists and contains no such key
 * @throws the file system's error when it cannot be read or written
 */
export async function openResumeKey(folder: string, random: Random): Promise<Uint8Array> {
  const path = join(folder, "resume_key.txt");
  const text = readIfThere(path);
  if (text === undefined) {
    const key = random.bytes(32);
    await writeDurably(path, key.toHex() + "\n");
    return key;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) {
    throw new TypeError(
      `Cannot use ${path}: it contains no key of 32 bytes. Remove it to make another`,
    );
  }
  return Uint8Array.fromHex(text.trim());
}

/** The file of the workers' credentials. A fault of the disk at a change is a {@linkcode StoreFault}. */
export function credentialFile(folder: string): CredentialFile {
  const path = join(folder, "worker_credentials.json");
  return {
    read: () => readIfThere(path),
    async write(text) {
      try {
        await writeDurably(path, text);
      } catch (cause) {
        throw new StoreFault("write the workers' credentials", cause);
      }
    },
  };
}

/**
 * A file's text; `undefined` when there is no such file.
 *
 * @throws the file system's error when it cannot be read
 */
export function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

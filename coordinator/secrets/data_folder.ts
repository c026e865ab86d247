/**
 * What the coordinator keeps in its data folder besides the store. Secrets are readable by their owner only.
 *
 * @module
 */
import { join } from "node:path";
import type { Random } from "../../protocol/random.ts";
import type { CredentialFile } from "./worker_credentials.ts";

/** The demonstration device's enrolment token, left for whoever starts its agent. */
export const DEMO_ENROLLMENT = "demo_enrollment.txt";

/** Makes the folder if it is not there. */
export function openDataFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/**
 * The key that resume tokens are signed with, 32 bytes, made at the first start.
 *
 * @throws {TypeError} when the file is there and holds no such key
 */
export function openResumeKey(folder: string, random: Random): Uint8Array {
  const path = join(folder, "resume_key.txt");
  const text = readIfThere(path);
  if (text === undefined) {
    const key = random.bytes(32);
    Deno.writeTextFileSync(path, key.toHex() + "\n", { mode: 0o600, createNew: true });
    return key;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) {
    throw new TypeError(
      `Cannot use ${path}: it holds no key of 32 bytes. Remove it to make another`,
    );
  }
  return Uint8Array.fromHex(text.trim());
}

export function credentialFile(folder: string): CredentialFile {
  const path = join(folder, "worker_credentials.json");
  return {
    read: () => readIfThere(path),
    write: (text) => replaceFile(path, text),
  };
}

/** Writes a whole file or nothing of it: a crash in between leaves the old one. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  Deno.writeTextFileSync(fresh, text, { mode: 0o600 });
  Deno.renameSync(fresh, path);
}

export function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The keys of a coordinator: one signs access tokens, one seals stored secrets. Each is made at the first start, and
 * only its owner can read its file. Without the old keys all users must sign in again, and stored stream keys cannot be
 * read any more; nothing else is lost.
 *
 * @module
 */
import { exportJWK, generateKeyPair, type JWK } from "jose";
import * as z from "zod/mini";
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { Random } from "../../protocol/random.ts";

/** The keys of a coordinator. */
export interface Keys {
  /** Private Ed25519 key. */
  readonly signing: JWK;
  /** 32 bytes. */
  readonly sealing: Uint8Array;
}

const SigningKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  d: z.string(),
  x: z.string(),
});

/**
 * Reads the keys in `folder`, which must exist, or makes them.
 *
 * @throws {TypeError} when a key file exists and contains no such key
 * @throws the file system's error when a file cannot be read or written
 */
export async function openKeys(folder: string, random: Random): Promise<Keys> {
  const signing = await keep(`${folder}/signing_key.json`, async () => {
    return JSON.stringify(await createSigningKey());
  });
  const sealing = await keep(`${folder}/sealing_key.txt`, () => random.bytes(32).toHex());
  return {
    signing: parse(`${folder}/signing_key.json`, () => SigningKey.parse(JSON.parse(signing))),
    sealing: parse(`${folder}/sealing_key.txt`, () => Uint8Array.fromHex(sealing.trim())),
  };
}

/** A new private Ed25519 key. */
export async function createSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return SigningKey.parse(await exportJWK(privateKey));
}

async function keep(path: string, make: () => string | Promise<string>): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const text = await make();
  await writeDurably(path, text);
  return text;
}

function parse<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message =
      `Cannot use ${path}: it contains no key of a coordinator. Restore it, or remove it to make another`;
    throw new TypeError(message, { cause });
  }
}

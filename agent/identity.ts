/**
 * The device's identity: an Ed25519 key pair, made once and kept in a file that only its owner reads, and the sender
 * id it is enrolled as. The key is on the medium before an enrolment token is used for it.
 *
 * @module
 */
import * as z from "zod/mini";
import { OWNER_ONLY, writeDurably } from "../protocol/disk/durable_file.ts";
import { whyNotKept } from "../protocol/disk/storage_fault.ts";
import { SenderId } from "../protocol/ids.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

const File = z.object({
  version: z.literal(1),
  /** Absent until the device is enrolled. */
  sender_id: z.optional(SenderId),
  /** The enrolment token that was used for it, so that it is not sent again. */
  spent_token: z.optional(z.string()),
  /** PKCS #8, base64url. */
  private_key: z.string(),
  /** 32 raw bytes, base64url. */
  public_key: z.string(),
});
type File = z.infer<typeof File>;

/** The device's key and the sender that it is enrolled as. */
export interface Identity {
  /** 32 raw bytes, base64url without padding. */
  readonly publicKey: string;
  /** `undefined` until the device is enrolled. */
  readonly senderId: SenderId | undefined;
  /** An Ed25519 signature (RFC 8032), base64url without padding. */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** The token that the device enrolled with. */
  readonly spentToken: string | undefined;
  /**
   * Sets the sender that the device is enrolled as, and the `token` if one was used. Writes the file unless it holds
   * the same already, so the next login repeats a write that failed.
   *
   * @throws {Error} a sentence that says why not; the identity is used until the process ends
   */
  enrolled(sender: SenderId, token: string | undefined): Promise<void>;
}

/**
 * Reads the identity, or makes one. A file that cannot be read is never overwritten.
 *
 * @throws {Error} when the file is damaged, or a new one cannot be written
 */
export async function openIdentity(path: string): Promise<Identity> {
  let file = await read(path) ?? await make(path);
  let onDisk = file;
  const key = await crypto.subtle.importKey(
    "pkcs8",
    Uint8Array.fromBase64(file.private_key, BASE64URL),
    "Ed25519",
    false,
    ["sign"],
  );
  return {
    publicKey: file.public_key,
    get senderId() {
      return file.sender_id;
    },
    async sign(bytes) {
      const signature = await crypto.subtle.sign("Ed25519", key, bytes);
      return new Uint8Array(signature).toBase64(BASE64URL);
    },
    get spentToken() {
      return file.spent_token;
    },
    async enrolled(sender, token = file.spent_token) {
      if (onDisk.sender_id === sender && onDisk.spent_token === token) return;
      file = { ...file, sender_id: sender, spent_token: token };
      const written = file;
      await write(path, written);
      onDisk = written;
    },
  };
}

async function read(path: string): Promise<File | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  // On a read-only disk the file's permissions cannot be changed; the key can still be used.
  await Deno.chmod(path, OWNER_ONLY).catch(() => {});
  const file = File.safeParse(parseJson(text));
  if (file.success) return file.data;
  throw new Error(
    `Cannot read the device key in ${path}: it is damaged. Restore it, or move it away and enrol again`,
  );
}

async function make(path: string): Promise<File> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const privateKey = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const publicKey = await crypto.subtle.exportKey("raw", pair.publicKey);
  const file: File = {
    version: 1,
    private_key: new Uint8Array(privateKey).toBase64(BASE64URL),
    public_key: new Uint8Array(publicKey).toBase64(BASE64URL),
  };
  await write(path, file);
  return file;
}

async function write(path: string, file: File): Promise<void> {
  try {
    await writeDurably(path, `${JSON.stringify(file, undefined, 2)}\n`);
  } catch (cause) {
    throw new Error(`Cannot write the device key to ${path}: ${whyNotKept(cause)}`, { cause });
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The SHA-256 of many bytes, in parts between which the rest of the process goes on: a room sends pictures, and a worker
 * passes on those that go over TCP.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { AT_ONCE, eachSlice } from "./pack.ts";

/** The digest. A megabyte takes a millisecond or two. The bytes must not change before it is there. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const hash = createHash("sha256");
  await eachSlice(bytes, AT_ONCE, (slice) => void hash.update(slice));
  return hash.digest();
}

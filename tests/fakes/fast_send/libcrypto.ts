import { createCipheriv } from "node:crypto";
import type { Libcrypto } from "../../../worker/fast_send/libcrypto.ts";

const NOTHING = new Uint8Array();

/** OpenSSL's calls on `node:crypto`, without FFI. It counts the contexts that are not freed. */
export class FakeLibcrypto {
  contexts = 0;
  calls = 0;
  /** The calls that fail. */
  readonly failing = new Set<"init" | "update" | "final">();
  /** Whether the tag of each packet is left out. */
  leavesTagOut = false;
  #key = NOTHING;
  #iv = NOTHING;
  #header = NOTHING;
  #tag: Uint8Array | undefined;

  readonly library = {
    symbols: {
      EVP_CIPHER_CTX_new: () => (this.contexts++, Deno.UnsafePointer.create(1n)),
      EVP_CIPHER_CTX_free: () => void this.contexts--,
      EVP_aes_128_gcm: () => Deno.UnsafePointer.create(2n),
      EVP_EncryptInit_ex: (...[, , , key, iv]: [null, null, null, Uint8Array?, Uint8Array?]) => {
        if (key) this.#key = Uint8Array.from(key);
        if (iv) this.#iv = Uint8Array.from(iv);
        return this.#called("init");
      },
      EVP_EncryptUpdate: (
        ...[, into, , from, length]: [null, Uint8Array | null, null, Uint8Array, number]
      ) => {
        const bytes = from.slice(0, length);
        if (into) into.set(this.#encrypt(bytes));
        else this.#header = bytes;
        return this.#called("update");
      },
      EVP_EncryptFinal_ex: () => this.#called("final"),
      EVP_CIPHER_CTX_ctrl: (...[, , , tag]: [null, number, number, Uint8Array]) => {
        if (!this.#tag) this.#encrypt(NOTHING);
        if (!this.leavesTagOut) tag.set(this.#tag!);
        this.#tag = undefined;
        return 1;
      },
    },
  } as unknown as Libcrypto;

  #encrypt(payload: Uint8Array): Uint8Array {
    const cipher = createCipheriv("aes-128-gcm", this.#key, this.#iv);
    cipher.setAAD(this.#header);
    const sealed = cipher.update(payload);
    cipher.final();
    this.#tag = cipher.getAuthTag();
    return sealed;
  }

  #called(call: "init" | "update" | "final"): number {
    this.calls++;
    return this.failing.has(call) ? 0 : 1;
  }
}

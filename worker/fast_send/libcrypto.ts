/**
 * AES-128-GCM of the system's OpenSSL, by FFI. A call costs a tenth of one through the runtime.
 *
 * @module
 */

/** Bytes of a key. */
export const KEY_SIZE = 16;
/** Bytes of an initialization vector. */
export const IV_SIZE = 12;
/** Bytes of the tag behind what is sealed. */
export const TAG_SIZE = 16;

const SYMBOLS = {
  OPENSSL_init_crypto: { parameters: ["u64", "pointer"], result: "i32" },
  EVP_CIPHER_CTX_new: { parameters: [], result: "pointer" },
  EVP_CIPHER_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_aes_128_gcm: { parameters: [], result: "pointer" },
  EVP_EncryptInit_ex: {
    parameters: ["pointer", "pointer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  EVP_EncryptUpdate: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "i32"],
    result: "i32",
  },
  EVP_EncryptFinal_ex: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  EVP_CIPHER_CTX_ctrl: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** OpenSSL 3 and, on older systems, 1.1. The calls are the same. */
const NAMES = ["libcrypto.so.3", "libcrypto.so.1.1"];
const EVP_CTRL_AEAD_GET_TAG = 0x10;
/**
 * The library frees nothing when the process ends. Otherwise `exit` frees it while a thread that used it ends too and
 * frees the same memory, which kills about one process in a hundred (glibc: "double free or corruption").
 */
const OPENSSL_INIT_NO_ATEXIT = 0x8_0000n;

/** A loaded OpenSSL. */
export type Libcrypto = Deno.DynamicLibrary<typeof SYMBOLS>;

/**
 * Loads the library.
 *
 * @throws {Error} when it cannot be loaded: it is missing, or the process lacks the permission for FFI
 */
export function openLibcrypto(names: readonly string[] = NAMES): Libcrypto {
  let fault: unknown;
  for (const name of names) {
    try {
      const library = Deno.dlopen(name, SYMBOLS);
      if (library.symbols.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, null) === 1) return library;
      throw new Error(`OpenSSL (${name}) could not prepare itself`);
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault ?? new Error("Cannot load OpenSSL: no name to look for was given");
}

/** The memory of one call. */
export interface Sealing {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly header: Uint8Array<ArrayBuffer>;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly into: Uint8Array<ArrayBuffer>;
}

/** One key. Disposing frees its memory in the library. */
export class GcmKey implements Disposable {
  readonly #symbols: Libcrypto["symbols"];
  #context: Deno.PointerValue;
  readonly #tag = new Uint8Array(new ArrayBuffer(TAG_SIZE));
  /** Where the library writes how many bytes it wrote. */
  readonly #written = new Uint8Array(new ArrayBuffer(4));

  /**
   * Makes a key of {@linkcode KEY_SIZE} bytes.
   *
   * @throws {Error} when the key has another length, or the library has no memory
   */
  constructor({ symbols }: Libcrypto, key: Uint8Array<ArrayBuffer>) {
    if (key.length !== KEY_SIZE) {
      throw new RangeError(`Cannot make a key of ${key.length} bytes: it has ${KEY_SIZE}`);
    }
    this.#symbols = symbols;
    this.#context = symbols.EVP_CIPHER_CTX_new();
    const cipher = symbols.EVP_aes_128_gcm();
    if (symbols.EVP_EncryptInit_ex(this.#context, cipher, null, key, null) === 1) return;
    this[Symbol.dispose]();
    throw new Error("Cannot make an AES-128-GCM key: OpenSSL refused it");
  }

  /**
   * Encrypts `payload` into the beginning of `into`, with the tag behind it, which also covers `header`. Returns how
   * many bytes were written. An initialization vector must not be used twice.
   *
   * @throws {Error} when a length is wrong, the key is disposed, or the library fails
   */
  seal({ iv, header, payload, into }: Sealing): number {
    const context = this.#context;
    if (context === null) throw new Error("Cannot encrypt: the key is disposed");
    const size = payload.length + TAG_SIZE;
    if (iv.length !== IV_SIZE || into.length < size || header.length === 0) {
      throw new RangeError(
        `Cannot encrypt ${payload.length} bytes into ${into.length} with an initialization vector of ${iv.length} ` +
          `and a header of ${header.length}`,
      );
    }
    const { EVP_EncryptInit_ex: begin, EVP_EncryptUpdate: update } = this.#symbols;
    const { EVP_EncryptFinal_ex: finish, EVP_CIPHER_CTX_ctrl: control } = this.#symbols;
    const [tag, written] = [this.#tag, this.#written];
    const succeeded = begin(context, null, null, null, iv) === 1 &&
      update(context, null, written, header, header.length) === 1 &&
      (payload.length === 0 || update(context, into, written, payload, payload.length) === 1) &&
      finish(context, tag, written) === 1 &&
      control(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) === 1;
    if (!succeeded) throw new Error(`OpenSSL could not encrypt ${payload.length} bytes`);
    into.set(tag, payload.length);
    return size;
  }

  [Symbol.dispose](): void {
    if (this.#context !== null) this.#symbols.EVP_CIPHER_CTX_free(this.#context);
    this.#context = null;
  }
}

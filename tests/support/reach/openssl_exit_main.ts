/**
 * A process that uses OpenSSL, has it abort the process when it frees its memory, and ends.
 *
 * @module
 */
import { openLibcrypto } from "../../../worker/fast_send/libcrypto.ts";
import { checkSealing } from "../../../worker/fast_send/trial.ts";

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
});
const openssl = Deno.dlopen("libcrypto.so.3", {
  OPENSSL_atexit: { parameters: ["pointer"], result: "i32" },
});

checkSealing(openLibcrypto());
const abort = libc.dlsym(null, new TextEncoder().encode("abort\0"));
if (abort === null || openssl.symbols.OPENSSL_atexit(abort) !== 1) {
  throw new Error("Cannot tell OpenSSL what to call when it frees its memory");
}

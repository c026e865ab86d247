/**
 * Waits for cryptography that is under way: it takes real time, during which virtual time has to stand still, or a busy
 * machine would let the limits of a handshake pass.
 *
 * @module
 */
import { settle } from "../control/settle.ts";

const METHODS = ["sign", "verify", "digest", "encrypt", "decrypt", "importKey"] as const;

/** Cryptography that is watched until disposed. */
export interface WatchedCryptography extends Disposable {
  /** Resolves once none is under way, and what waited for it has gone on. */
  idle(): Promise<void>;
}

/** Watches the calls of WebCrypto. */
export function watchCryptography(): WatchedCryptography {
  const subtle = crypto.subtle as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  let running = 0;
  for (const name of METHODS) {
    const original = subtle[name]!;
    subtle[name] = async (...args) => {
      running++;
      try {
        return await original.apply(subtle, args);
      } finally {
        running--;
      }
    };
  }
  return {
    async idle() {
      do await settle(); while (running > 0);
    },
    [Symbol.dispose]() {
      // The methods of the prototype are found again.
      for (const name of METHODS) delete subtle[name];
    },
  };
}

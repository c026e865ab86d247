/**
 * The only source of random numbers, for ids, secrets and jitter. Tests pass a seeded one.
 *
 * @module
 */
/** A source of random numbers. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
  /** A number in [0, 1). Good for jitter, not for secrets. */
  unit(): number;
}

/** The random numbers of this machine, fit for secrets. Programs pass it on; tests pass a seeded one. */
export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  unit: () => Math.random(),
};

/** `count` random bytes as lower-case hex, two characters a byte. */
export function randomHex(random: Random, count: number): string {
  return [...random.bytes(count)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

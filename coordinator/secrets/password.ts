/**
 * Password hashes: scrypt (RFC 7914) in the PHC string format `$scrypt$ln=15,r=8,p=3$salt$hash`. The format contains
 * the cost, so that new hashes can get a higher cost while old hashes can still be verified.
 *
 * @module
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../../protocol/random.ts";

/** The cost parameters of scrypt. */
export interface PasswordCost {
  /** log2 of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** The cost of new hashes: 32 MiB and about 240 ms on one core. */
export const PASSWORD_COST: PasswordCost = { ln: 15, r: 8, p: 3 };
/** Most hashes that are computed at once: each takes 32 MiB. */
const AT_ONCE = 2;
/** Most hashes that may wait. With more, callers should refuse the request. */
const MAX_WAITING = 32;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Computes and verifies password hashes. */
export class Passwords {
  readonly #random: Random;
  readonly #cost: PasswordCost;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  constructor({ random, cost = PASSWORD_COST }: { random: Random; cost?: PasswordCost }) {
    this.#random = random;
    this.#cost = cost;
  }

  /** Whether {@linkcode MAX_WAITING} hashes wait, so that another request should be refused. */
  get busy(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  async hash(password: string): Promise<string> {
    const salt = this.#random.bytes(SALT_BYTES);
    const hash = await this.#derive(password, salt, this.#cost);
    const { ln, r, p } = this.#cost;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toBase64()}$${hash.toBase64()}`;
  }

  /** Whether a password has this hash. Without a hash it takes the same time, so that the time reveals no accounts. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    this.#decoy ??= this.hash("");
    const parsed = parse(stored ?? await this.#decoy);
    if (!parsed) return false;
    const hash = await this.#derive(password, parsed.salt, parsed.cost);
    return timingSafeEqual(hash, parsed.hash) && stored !== undefined;
  }

  /** Whether a hash has another cost than new hashes. */
  isOutdated(stored: string): boolean {
    const { ln, r, p } = this.#cost;
    return !stored.startsWith(`$scrypt$ln=${ln},r=${r},p=${p}$`);
  }

  async #derive(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
    if (this.#running < AT_ONCE) this.#running += 1;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    try {
      return await derive(password, salt, cost);
    } finally {
      // The hash that waits longest starts next.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function derive(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
  const { ln, r, p } = cost;
  const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  // Another keyboard may compose the same characters differently (RFC 8265 §4.1).
  const text = password.normalize("NFC");
  return new Promise((resolve, reject) =>
    scrypt(text, salt, HASH_BYTES, options, (error, key) => error ? reject(error) : resolve(key))
  );
}

function parse(
  stored: string,
): { cost: PasswordCost; salt: Uint8Array; hash: Uint8Array } | undefined {
  const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/=]+)\$([\w+/=]{44})$/;
  const match = form.exec(stored);
  if (!match) return undefined;
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return {
    cost: { ln, r, p },
    salt: Uint8Array.fromBase64(match[4]!),
    hash: Uint8Array.fromBase64(match[5]!),
  };
}

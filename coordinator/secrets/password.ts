/**
 * Password hashes: scrypt (RFC 7914) in the PHC string format `$scrypt$ln=15,r=8,p=3$salt$hash`. The format contains
 * the cost, so that new hashes can get a higher cost while old hashes can still be verified.
 *
 * @module
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { type Lane, PasswordQueue } from "./password_queue.ts";

/** The cost parameters of scrypt. */
export interface PasswordCost {
  /** log2 of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** The cost of new hashes: 32 MiB and about 240 ms on one core. */
export const PASSWORD_COST: PasswordCost = { ln: 15, r: 8, p: 3 };
/** Whether a password is the right one; `busy`: it was not checked, because too many wait. */
export type Verdict = "right" | "wrong" | "busy";

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Computes and verifies password hashes. */
export class Passwords {
  readonly #random: Random;
  readonly #cost: PasswordCost;
  readonly #queue: PasswordQueue;
  #decoy: Promise<string> | undefined;

  constructor(
    { clock, random, cost = PASSWORD_COST }: { clock: Clock; random: Random; cost?: PasswordCost },
  ) {
    this.#queue = new PasswordQueue(clock);
    this.#random = random;
    this.#cost = cost;
  }

  /** The hash of a new password; `undefined` when too many wait. */
  async hash(password: string, lane: Lane): Promise<string | undefined> {
    return await this.#queue.run(lane, () => this.#hash(password));
  }

  /** Checks a password. Without a hash it takes the same time, so that the time reveals no accounts. */
  async verify(password: string, stored: string | undefined, lane: Lane): Promise<Verdict> {
    const right = await this.#queue.run(lane, async () => {
      const parsed = parse(stored ?? await (this.#decoy ??= this.#hash("")));
      if (!parsed) return false;
      const hash = await derive(password, parsed.salt, parsed.cost);
      return timingSafeEqual(hash, parsed.hash) && stored !== undefined;
    });
    if (right === undefined) return "busy";
    return right ? "right" : "wrong";
  }

  /** Whether a hash has another cost than new hashes. */
  isOutdated(stored: string): boolean {
    const { ln, r, p } = this.#cost;
    return !stored.startsWith(`$scrypt$ln=${ln},r=${r},p=${p}$`);
  }

  async #hash(password: string): Promise<string> {
    const salt = this.#random.bytes(SALT_BYTES);
    const hash = await derive(password, salt, this.#cost);
    const { ln, r, p } = this.#cost;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toBase64()}$${hash.toBase64()}`;
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

/**
 * Whether a client may open a socket, decided before the upgrade: by the origin of its page, by how many sockets
 * its address has open, and by how quickly it opens them.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { checkOrigin, type OriginRules } from "../listen/origin_check.ts";
import type { RequestFacts } from "../listen/request_facts.ts";
import { type Bucket, createBucket } from "./bucket.ts";

export interface AdmissionLimits extends OriginRules {
  /** Sockets one address may have open. */
  readonly maxPerAddress: number;
  /** Sockets one address may open a second on average; four times as many at once. */
  readonly perSecond: number;
}

/** Addresses remembered at most; a new one beyond that replaces an idle one. */
const MAX_ADDRESSES = 10_000;

/** Why a socket is refused. */
export interface Turned {
  readonly code: "host" | "origin" | "rate" | "too_many";
  readonly message: string;
}

interface AddressUse {
  open: number;
  readonly bucket: Bucket;
}

export class Admission {
  readonly #uses = new Map<string, AddressUse>();
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;

  constructor(clock: Clock, limits: AdmissionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts a socket in, or says why it is refused. Disposing the result counts it out again. */
  enter(
    origin: string | null,
    { address, host }: Pick<RequestFacts, "address" | "host">,
  ): Disposable | Turned {
    const foreign = checkOrigin({ origin, host }, this.#limits);
    if (foreign) return foreign;
    const requester = this.#requester(address);
    if (!requester.bucket.take()) {
      const message =
        `Cannot open a connection: ${address} opens too many a second. Try again in 5 s`;
      return { code: "rate", message };
    }
    const { maxPerAddress } = this.#limits;
    if (requester.open >= maxPerAddress) {
      const message = `Cannot open a connection: ${address} has ${maxPerAddress} open already`;
      return { code: "too_many", message };
    }
    requester.open += 1;
    return { [Symbol.dispose]: () => void (requester.open -= 1) };
  }

  #requester(address: string): AddressUse {
    const known = this.#uses.get(address);
    if (known) return known;
    if (this.#uses.size >= MAX_ADDRESSES) this.#dropIdle();
    const { perSecond } = this.#limits;
    const bucket = createBucket(this.#clock, { perSecond, burst: 4 * perSecond });
    const requester = { open: 0, bucket };
    this.#uses.set(address, requester);
    return requester;
  }

  /** Drops addresses with no open socket and a full bucket; failing that, the longest known without a socket. */
  #dropIdle(): void {
    for (const [address, { open, bucket }] of this.#uses) {
      if (open === 0 && bucket.full) this.#uses.delete(address);
    }
    if (this.#uses.size < MAX_ADDRESSES) return;
    for (const [address, { open }] of this.#uses) {
      if (open === 0) return void this.#uses.delete(address);
    }
  }
}

/**
 * Decides before the upgrade whether a client may open a socket: by the origin of its page, by the number of sockets
 * that its address has open, and by the rate at which its address opens them. An IPv6 address counts as its /64.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { addressPrefix } from "../listen/address_prefix.ts";
import { checkOrigin, type OriginRules } from "../listen/origin_check.ts";
import type { RequestFacts } from "../listen/request_facts.ts";
import { type Bucket, createBucket } from "../../protocol/connection/bucket.ts";

/** The limits of {@linkcode Admission}. */
export interface AdmissionLimits extends OriginRules {
  /** Most sockets that one address may have open. */
  readonly maxPerAddress: number;
  /** Sockets a second that one address may open on average; four times as many at once. */
  readonly perSecond: number;
}

/** Most addresses counted. A new one beyond that replaces one without open sockets. */
const MAX_ADDRESSES = 10_000;

/** The reason why a socket is refused. */
export interface SocketRefusal {
  readonly code: "host" | "origin" | "rate" | "too_many";
  readonly message: string;
}

interface AddressUse {
  open: number;
  readonly bucket: Bucket;
}

/** Counts the sockets of each address and refuses those beyond the limits. */
export class Admission {
  readonly #uses = new Map<string, AddressUse>();
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;

  constructor(clock: Clock, limits: AdmissionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts a new socket of an address, or refuses it. Disposing the result ends the count of this socket. */
  enter(
    origin: string | null,
    { address, host }: Pick<RequestFacts, "address" | "host">,
  ): Disposable | SocketRefusal {
    const foreign = checkOrigin({ origin, host }, this.#limits);
    if (foreign) return foreign;
    const requester = this.#requester(addressPrefix(address));
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

  #requester(prefix: string): AddressUse {
    const known = this.#uses.get(prefix);
    if (known) return known;
    if (this.#uses.size >= MAX_ADDRESSES) this.#dropIdle();
    const { perSecond } = this.#limits;
    const bucket = createBucket(this.#clock, { perSecond, burst: 4 * perSecond });
    const requester = { open: 0, bucket };
    this.#uses.set(prefix, requester);
    return requester;
  }

  /** Drops the addresses with no open socket and a full bucket; without any, the oldest one with no open socket. */
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

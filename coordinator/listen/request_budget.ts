/**
 * Divides the coordinator's time among networks: each has a number of requests and new connections a second. What comes
 * sooner waits for its turn, and what would wait too long is refused before anything is done for it.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { createRateLimit, type RateLimit } from "../accounts/rate_limit.ts";
import { addressPrefix } from "./address_prefix.ts";
import type { IsTrusted } from "./forwarded.ts";

/** So many seconds' requests may come at once: several people of one network open their pages together. */
const BURST = 20;
/** What would wait longer is refused, in milliseconds. */
const PATIENCE = 10_000;

/** The requests and connections of each network. */
export class RequestBudget {
  readonly #isTrusted: IsTrusted;
  readonly #limit: RateLimit;

  /** `perSecond`: of one IPv4 address or one IPv6 /64. Trusted proxies themselves have no limit. */
  constructor(
    { clock, isTrusted, perSecond }: {
      readonly clock: Clock;
      readonly isTrusted: IsTrusted;
      readonly perSecond: number;
    },
  ) {
    this.#isTrusted = isTrusted;
    this.#limit = createRateLimit(clock, { perSecond, burst: BURST * perSecond });
  }

  /** Whether a connection from this address may be taken in. */
  connect(address: string): boolean {
    return this.#turn(address) !== undefined;
  }

  /** How long a request of this address waits for its turn, in milliseconds; `undefined`: it is refused. */
  request(address: string): number | undefined {
    return this.#turn(address);
  }

  #turn(address: string): number | undefined {
    if (this.#isTrusted(address)) return 0;
    const { taken, wait } = this.#limit.reserve(addressPrefix(address), PATIENCE);
    return taken ? wait : undefined;
  }
}

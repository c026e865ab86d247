/**
 * Who may open a socket at all, decided before the upgrade: where a page comes from, how many sockets an
 * address has open, and how quickly it opens them.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, createBucket } from "./bucket.ts";

export interface AdmissionLimits {
  /** Sockets one address may have open. */
  readonly maxPerAddress: number;
  /** Sockets one address may open a second on average; four times as many at once. */
  readonly perSecond: number;
  /** Origins of pages served from elsewhere, such as `https://play.example.org`. */
  readonly origins: readonly string[];
  /**
   * Only these host names may be asked for, besides those of `origins`; `undefined`: any. Set while bound to
   * loopback, where a page elsewhere could reach us by naming its own host after 127.0.0.1 (DNS rebinding).
   */
  readonly hosts: readonly string[] | undefined;
}

/** Addresses remembered at most; a new one beyond that pushes out an idle one. */
const MAX_ADDRESSES = 10_000;

/** Why a socket is not let in. */
export interface Turned {
  readonly code: "host" | "origin" | "rate" | "too_many";
  readonly message: string;
}

interface Visitor {
  open: number;
  readonly bucket: Bucket;
}

export class Admission {
  readonly #visitors = new Map<string, Visitor>();
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;

  constructor(clock: Clock, limits: AdmissionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Lets a socket in, or says why not. Disposing what comes back counts it out again. */
  enter(headers: Headers, address: string): Disposable | Turned {
    const stranger = this.#checkOrigin(headers);
    if (stranger) return stranger;
    const visitor = this.#visitor(address);
    if (!visitor.bucket.take()) {
      const message =
        `Cannot open a connection: ${address} opens too many a second. Try again in 5 s`;
      return { code: "rate", message };
    }
    const { maxPerAddress } = this.#limits;
    if (visitor.open >= maxPerAddress) {
      const message = `Cannot open a connection: ${address} has ${maxPerAddress} open already`;
      return { code: "too_many", message };
    }
    visitor.open += 1;
    return { [Symbol.dispose]: () => void (visitor.open -= 1) };
  }

  #checkOrigin(headers: Headers): Turned | undefined {
    const { origins, hosts } = this.#limits;
    const host = headers.get("host") ?? "";
    const origin = headers.get("origin");
    const allowed = origins.map((each) => URL.parse(each)?.host);
    if (hosts && !hosts.includes(hostname(host)) && !allowed.includes(host)) {
      const message =
        `Cannot serve ${host}: only this machine is served. Add its origin to FARPAD_ORIGINS`;
      return { code: "host", message };
    }
    if (origin === null || origins.includes(origin) || URL.parse(origin)?.host === host) return;
    const message = `Cannot serve a page of ${origin}: add it to FARPAD_ORIGINS to allow it`;
    return { code: "origin", message };
  }

  #visitor(address: string): Visitor {
    const known = this.#visitors.get(address);
    if (known) return known;
    if (this.#visitors.size >= MAX_ADDRESSES) this.#forgetIdle();
    const { perSecond } = this.#limits;
    const bucket = createBucket(this.#clock, { perSecond, burst: 4 * perSecond });
    const visitor = { open: 0, bucket };
    this.#visitors.set(address, visitor);
    return visitor;
  }

  /** Drops who has nothing open and did nothing lately; failing that, the longest known without a socket. */
  #forgetIdle(): void {
    for (const [address, { open, bucket }] of this.#visitors) {
      if (open === 0 && bucket.full) this.#visitors.delete(address);
    }
    if (this.#visitors.size < MAX_ADDRESSES) return;
    for (const [address, { open }] of this.#visitors) {
      if (open === 0) return void this.#visitors.delete(address);
    }
  }
}

/** The name in a Host header, without its port. */
function hostname(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? "";
}

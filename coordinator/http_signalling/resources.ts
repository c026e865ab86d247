/**
 * The sessions of programs that signal over HTTP, as resources: each has an address that nobody can guess, an entity tag
 * for its ICE generation, and belongs to the token that made it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Clock, every } from "../../protocol/clock.ts";
import { type Random, randomHex } from "../../protocol/random.ts";
import { createRateLimit } from "../accounts/rate_limit.ts";
import { addressPrefix } from "../listen/address_prefix.ts";

/** Most resources, and most of one network; a program that goes away without DELETE is noticed by its media. */
const MOST = 2_000;
const MOST_OF_NETWORK = 64;
/** How often one network may make one: each makes a worker begin a handshake. */
const RATE = { perSecond: 1, burst: 20 };
/** Time between two checks of all resources, in milliseconds. */
const CHECK_PERIOD = 1_000;

/** The media session behind a resource. Disposing ends it. */
export interface MediaSession extends Disposable {
  /** Looks whether its media still flows. */
  check(): void;
  /** Passes later candidates of the program on. */
  candidates(candidates: readonly string[]): void;
}

/** A resource. */
export interface Resource<S extends MediaSession> {
  readonly id: string;
  readonly session: S;
  /** The user name fragment of the program's ICE generation. */
  readonly ufrag: string;
  /** The entity tag of this generation (RFC 9110 §8.8.3). */
  readonly etag: string;
  readonly network: string;
  readonly owner: string;
}

/** The resources of one kind. Disposing ends their sessions. */
export class Resources<S extends MediaSession> implements Disposable {
  readonly #random: Random;
  readonly #rate;
  readonly #all = new Map<string, Resource<S>>();
  readonly #checking: Disposable;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#random = random;
    this.#rate = createRateLimit(clock, RATE);
    this.#checking = every(clock, CHECK_PERIOD, () => {
      for (const { session } of [...this.#all.values()]) session.check();
    });
  }

  /** Whether one more may be made from this address now. */
  admits(address: string): boolean {
    const network = addressPrefix(address);
    const own = [...this.#all.values()].filter((each) => each.network === network).length;
    return this.#all.size < MOST && own < MOST_OF_NETWORK && this.#rate.take(network);
  }

  /** An address for a resource that is about to be made. */
  newId(): string {
    return randomHex(this.#random, 16);
  }

  add(
    { id, session, ufrag, address, token }: {
      readonly id: string;
      readonly session: S;
      readonly ufrag: string;
      readonly address: string;
      readonly token: string | undefined;
    },
  ): Resource<S> {
    const resource = {
      ...{ id, session, ufrag, network: addressPrefix(address), owner: digest(token) },
      etag: `"${randomHex(this.#random, 8)}"`,
    };
    this.#all.set(id, resource);
    return resource;
  }

  /** The resource of an id, for the holder of the token that made it; `"forbidden"` for another one. */
  find(id: string, token: string | undefined): Resource<S> | "forbidden" | undefined {
    const found = this.#all.get(id);
    return found && found.owner !== digest(token) ? "forbidden" : found;
  }

  /** Forgets a resource whose session is over. */
  remove(id: string): void {
    this.#all.delete(id);
  }

  get size(): number {
    return this.#all.size;
  }

  /** Forgets all resources and stops checking. Their sessions go on without an address. */
  forget(): void {
    this.#checking[Symbol.dispose]();
    this.#all.clear();
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
    for (const { session } of this.#all.values()) session[Symbol.dispose]();
    this.#all.clear();
  }
}

function digest(token: string | undefined): string {
  return createHash("sha256").update(token ?? "").digest("hex");
}

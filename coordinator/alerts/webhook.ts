/**
 * Posts alerts to each fleet's webhook, one at a time, in order. A delivery that fails is tried again three times, with
 * growing delays. The address is read, resolved and checked for each delivery, and only what was checked is dialled.
 * Redirects are not followed, since they lead elsewhere.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { type Clock, sleep } from "../../protocol/clock.ts";
import type { UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";
import { errorText } from "../../protocol/error_text.ts";
import { type HttpAddress, readHttp } from "../../protocol/addresses/http.ts";
import { findReachable, type ReachRules } from "../../protocol/addresses/reach.ts";
import type { AlertSettings } from "./settings.ts";

/** An address, and the IP addresses that it may be dialled by. */
export interface PostTarget {
  readonly address: HttpAddress;
  readonly reachable: readonly string[];
}

/** Sends a POST request and returns the status of the answer; rejects when there is no answer. */
export type Post = (
  target: PostTarget,
  request: { readonly headers: Record<string, string>; readonly body: string },
) => Promise<number>;

/** The result of a delivery. `at` is in milliseconds since 1970. */
export interface Delivery {
  readonly at: number;
  readonly ok: boolean;
  readonly detail: string;
}

/** How many deliveries may wait for one fleet; beyond that the oldest is dropped. */
export const MAX_QUEUE = 100;
/** How often a delivery is tried in all. */
const ATTEMPTS = 4;

/** Delivers alerts to the webhooks of all fleets. */
export class Webhooks {
  readonly #queues = new Map<UserId, unknown[]>();
  readonly #last = new Map<UserId, Delivery>();
  readonly #ports: {
    clock: Clock;
    random: Random;
    log: Log;
    settings: AlertSettings;
    rules: ReachRules;
    post: Post;
  };

  constructor(
    ports: {
      clock: Clock;
      random: Random;
      log: Log;
      settings: AlertSettings;
      rules: ReachRules;
      post: Post;
    },
  ) {
    this.#ports = ports;
  }

  /** The result of a fleet's newest delivery. */
  lastDelivery(owner: UserId): Delivery | undefined {
    return this.#last.get(owner);
  }

  /** Posts `body` after the deliveries that wait already. */
  enqueue(owner: UserId, body: unknown): void {
    const queue = this.#queues.get(owner);
    if (queue) {
      if (queue.length >= MAX_QUEUE) queue.shift();
      return void queue.push(body);
    }
    const fresh = [body];
    this.#queues.set(owner, fresh);
    this.#drain(owner, fresh).catch((error) => this.#ports.log.error("webhook failed", { error }));
  }

  /** Posts `body` once, now. */
  async deliver(owner: UserId, body: unknown): Promise<Delivery> {
    const delivery = { at: this.#ports.clock.epoch(), ...await this.#attempt(owner, body) };
    this.#last.set(owner, delivery);
    return delivery;
  }

  async #drain(owner: UserId, queue: unknown[]): Promise<void> {
    const { clock, random, log } = this.#ports;
    while (queue.length > 0) {
      const body = queue.shift();
      for (let failures = 1; failures <= ATTEMPTS; failures++) {
        const { ok, detail } = await this.deliver(owner, body);
        if (ok) break;
        log.warn("webhook not delivered", { owner, attempt: failures, detail });
        if (failures < ATTEMPTS) await sleep(clock, retryDelay(failures, random));
      }
    }
    this.#queues.delete(owner);
  }

  async #attempt(owner: UserId, body: unknown): Promise<{ ok: boolean; detail: string }> {
    const { settings, rules, post } = this.#ports;
    const webhook = await settings.webhook(owner);
    if (!webhook) return { ok: true, detail: "There is no webhook" };
    const address = readHttp(webhook.url);
    if ("error" in address) return { ok: false, detail: address.error };
    const reachable = await findReachable(address.host, rules);
    if ("error" in reachable) return { ok: false, detail: reachable.error };
    const text = JSON.stringify(body);
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (webhook.secret) headers["x-farpad-signature"] = `sha256=${sign(text, webhook.secret)}`;
    try {
      const status = await post({ address, reachable }, { headers, body: text });
      return { ok: status >= 200 && status < 300, detail: `The webhook answered ${status}` };
    } catch (cause) {
      const why = errorText(cause);
      return { ok: false, detail: `The webhook did not answer: ${why}` };
    }
  }
}

/** HMAC-SHA256 of the body, in hex (RFC 2104). The receiver computes the same value to check the sender. */
export function sign(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

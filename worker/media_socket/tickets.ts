/**
 * The tickets of media sockets. Each offer that leaves the worker names one; who holds it may take up the offer over a
 * media socket, once. It gives no more than the offer does, and ends soon after it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { PeerId, SessionId } from "../../protocol/ids.ts";
import { TICKET_BYTES } from "../../protocol/media_socket/messages.ts";
import type { Random } from "../../protocol/random.ts";

/** How long a ticket may be used, in milliseconds: as long as an offer may be answered, and a little more. */
export const TICKET_LIFETIME = 20_000;
/** Most tickets that wait; the oldest gives way. */
export const MOST_TICKETS = 1_000;

/** The offer that a ticket belongs to. */
export interface Offered {
  readonly session: SessionId;
  readonly peer: PeerId;
}

/** The tickets that were given and not used yet. */
export class Tickets {
  readonly #ports: { readonly clock: Clock; readonly random: Random };
  readonly #waiting = new Map<string, Offered & { readonly until: Millis }>();

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.#ports = ports;
  }

  /** Makes the ticket of an offer, base64url. */
  give(offered: Offered): string {
    const { clock, random } = this.#ports;
    const ticket = Buffer.from(random.bytes(TICKET_BYTES)).toString("base64url");
    this.#waiting.set(ticket, { ...offered, until: (clock.now() + TICKET_LIFETIME) as Millis });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_TICKETS) this.#waiting.delete(oldest!);
    return ticket;
  }

  /** Takes a ticket in: the offer that it belongs to, once; `undefined` when it is not one, was used or is over. */
  take(bytes: Uint8Array): Offered | undefined {
    const ticket = Buffer.from(bytes).toString("base64url");
    const found = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    if (!found || this.#ports.clock.now() >= found.until) return undefined;
    return { session: found.session, peer: found.peer };
  }
}

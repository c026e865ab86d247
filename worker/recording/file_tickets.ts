/**
 * The tickets of recordings: who holds one reads one recording, as often as wanted, until it is over.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { RecordingId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";

/** How long a ticket may be used, in milliseconds: a page with a long recording stays open. */
export const FILE_TICKET_LIFETIME = 12 * 3_600_000;
/** Most tickets; the oldest gives way. */
export const MOST_FILE_TICKETS = 1_000;
/** Most tickets of one recording; its oldest gives way. */
export const MOST_OF_RECORDING = 20;
const BYTES = 24;

/** The tickets that were given. */
export class FileTickets {
  readonly #ports: { readonly clock: Clock; readonly random: Random };
  readonly #given = new Map<string, { readonly id: RecordingId; readonly until: Millis }>();

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.#ports = ports;
  }

  /** Makes a ticket, base64url. */
  give(id: RecordingId): string {
    const { clock, random } = this.#ports;
    const ticket = Buffer.from(random.bytes(BYTES)).toString("base64url");
    const same = [...this.#given].filter(([, given]) => given.id === id);
    if (same.length >= MOST_OF_RECORDING) this.#given.delete(same[0]![0]);
    this.#given.set(ticket, { id, until: (clock.now() + FILE_TICKET_LIFETIME) as Millis });
    const [oldest] = this.#given.keys();
    if (this.#given.size > MOST_FILE_TICKETS) this.#given.delete(oldest!);
    return ticket;
  }

  /** The recording of a ticket; `undefined` when it is none, or is over. */
  find(ticket: string): RecordingId | undefined {
    const found = this.#given.get(ticket);
    return found && this.#ports.clock.now() < found.until ? found.id : undefined;
  }
}

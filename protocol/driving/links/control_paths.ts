/**
 * Carries a control channel over several datagram links at once, one for each network path: every message goes over all
 * of them, and its first copy counts. So a path that fails neither loses nor delays what another one carries. Without a
 * socket and without a clock.
 *
 * @module
 */
import { Known } from "../known.ts";
import type { ControlLink, ControlPort } from "../ports.ts";

/** Messages whose copies are recognized. A copy that comes later is older than what counted since (DRV7). */
const REMEMBERED = 64;

/** The open links of one control channel. */
export class ControlPaths implements ControlPort {
  readonly #links = new Set<ControlLink>();
  readonly #received = new Known(REMEMBERED);

  /** Open links. */
  get size(): number {
    return this.#links.size;
  }

  /** Sends over this link too. */
  add(link: ControlLink): void {
    this.#links.add(link);
  }

  /** The link ended. */
  remove(link: ControlLink): void {
    this.#links.delete(link);
  }

  /** Sends a message over every link; false when none has room for it now. */
  send(bytes: Uint8Array): boolean {
    let isSent = false;
    for (const link of this.#links) isSent = link.direct(bytes) === undefined || isSent;
    return isSent;
  }

  /** Whether a message that came is none that came before over another link. */
  isFirst(bytes: Uint8Array): boolean {
    return this.#received.add(bytes.toHex());
  }
}

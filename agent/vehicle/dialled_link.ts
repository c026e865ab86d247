/**
 * The datagram link to the worker over one network path. It is dialled again, over a new socket, whenever it ends.
 *
 * ```text
 *  dialling ──opened──▶ open ──closed──▶ waiting (1 s) ──▶ dialling
 *      └──────── failed, unanswered ────────▲
 * ```
 *
 * @module
 */
import type { Resolve } from "../../protocol/addresses/reach.ts";
import type { Clock } from "../../protocol/clock.ts";
import { dialSealed, type OpenLink } from "../../protocol/datagram/endpoint.ts";
import type { LinkEvents } from "../../protocol/datagram/link.ts";
import type { Address } from "../../protocol/datagram/ports.ts";
import type { LinkSecret } from "../../protocol/datagram/sealed/handshake.ts";
import type { openUdp } from "../../protocol/datagram/udp.ts";
import { DRIVE_LINK } from "../../protocol/driving/links/link_options.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";

/** Until a link that ended is dialled again, in milliseconds. */
const AGAIN = 1_000;

/** The dependencies of a link. */
export interface DialPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly dial?: typeof dialSealed | undefined;
  readonly resolve: Resolve;
  /** How a socket to an address is bound; default: by the routes of the system. */
  readonly openerFor?: ((to: Address) => typeof openUdp | undefined) | undefined;
}

/** Where a link leads. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly secret: LinkSecret;
  /** The network interface that it leaves by, for the log. */
  readonly interface?: string | undefined;
}

/** Keeps a link dialled until disposed, which closes it without an event. */
export function keepDialled(
  { clock, random, log, resolve, openerFor, dial = dialSealed }: DialPorts,
  { host, port, secret, interface: name }: DialTarget,
  opened: (link: OpenLink) => Pick<LinkEvents, "direct" | "closed">,
): Disposable {
  let dialled: Disposable | undefined;
  let events: Pick<LinkEvents, "direct" | "closed"> | undefined;
  let wait: Disposable | undefined;
  let isOver = false;
  let reported = "";
  void begin();

  async function begin(): Promise<void> {
    try {
      const [address] = await resolve(host);
      if (isOver) return;
      if (address === undefined) throw new Error(`${host} does not resolve to an address`);
      const to = { host: address, port };
      const link = await dial({ clock, random, open: openerFor?.(to) }, {
        host: address.includes(":") ? "::" : "0.0.0.0",
        port: 0,
        options: DRIVE_LINK,
        secret,
        to,
        events: {
          opened(link) {
            if (isOver) return;
            reported = "";
            log.info("a link for control is open", { host, port, interface: name });
            events = opened(link);
          },
          direct: (bytes) => events?.direct(bytes),
          batch: () => {},
          closed,
        },
      });
      dialled = link;
      if (isOver) link[Symbol.dispose]();
    } catch (error) {
      failed("the worker cannot be reached for control", errorText(error));
    }
  }

  function closed(reason: Parameters<LinkEvents["closed"]>[0]): void {
    const before = events;
    events = dialled = undefined;
    if (isOver) return;
    before?.closed(reason);
    failed("a link for control ended; it is dialled again", reason);
  }

  /** Says why there is no link, once for each reason, and dials again later. */
  function failed(text: string, reason: string): void {
    if (isOver) return;
    if (reason !== reported) log.warn(text, { host, port, interface: name, reason });
    reported = reason;
    wait = clock.after(AGAIN, () => void begin());
  }

  return {
    [Symbol.dispose]() {
      isOver = true;
      wait?.[Symbol.dispose]();
      dialled?.[Symbol.dispose]();
    },
  };
}

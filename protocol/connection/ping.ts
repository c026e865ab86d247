/**
 * `ping` and `ping.response`: the two messages that every leg carries in both directions besides its own.
 * The connection sends and answers them; the owner of a leg does not get them.
 *
 * They are messages because a browser's script can neither send nor see the control frames of RFC 6455 §5.5.2.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Clock } from "../clock.ts";
import { stamp } from "../envelope.ts";
import { leg, type LegMessage } from "../leg.ts";
import type { Random } from "../random.ts";

type Ports = { readonly clock: Clock; readonly random: Random };

const pings = leg({ "ping": z.object({}), "ping.response": z.object({}) });

/** A `ping`, or the answer to one. */
export type Ping = LegMessage<typeof pings>;

/** A quick test of the text: only a possible ping is parsed as JSON here. */
const LOOKS_LIKE_ONE = /"type"\s*:\s*"ping(\.response)?"/;

/** Reads `text` if it is a ping or the answer to one; `undefined` for every other text. */
export function readPing(text: string): Ping | undefined {
  if (!LOOKS_LIKE_ONE.test(text)) return undefined;
  const decoded = pings.decode(text);
  return decoded.ok ? decoded.message : undefined;
}

/** A new ping as text. */
export function writePing(ports: Ports): string {
  return pings.encode({ ...stamp(ports), type: "ping", payload: {} });
}

/** The answer to a ping as text: it repeats the id. */
export function answerPing({ id }: Ping, ports: Ports): string {
  return pings.encode({ ...stamp(ports), id, type: "ping.response", payload: {} });
}

/**
 * The messages between the agent and the process that holds its tied sockets: UDP sockets that send over one network
 * interface each. Datagrams travel in base64.
 *
 * @module
 */
import * as z from "zod/mini";
import type { Address } from "../../../protocol/datagram/ports.ts";

/** Messages from the agent. */
export type ToTied =
  /** Binds a socket, with a number that no other one has. */
  | {
    readonly type: "open";
    readonly socket: number;
    readonly interface: string;
    /** Who alone is listened to. */
    readonly to: Address;
  }
  | { readonly type: "send"; readonly socket: number; readonly datagram: string }
  | { readonly type: "close"; readonly socket: number }
  | { readonly type: "end" };

/** Messages to the agent, which reads them with this: the process runs native code. */
export const FromTied = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("opened"), socket: z.int(), port: z.int() }),
  /** It was not opened; the reason is a sentence. */
  z.object({ type: z.literal("failed"), socket: z.int(), reason: z.string() }),
  z.object({ type: z.literal("received"), socket: z.int(), datagram: z.base64() }),
]);
export type FromTied = z.infer<typeof FromTied>;

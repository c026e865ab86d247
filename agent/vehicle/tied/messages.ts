/**
 * The messages between the agent and the process that holds its tied sockets: UDP sockets that send over one network
 * interface each. Datagrams travel in base64.
 *
 * @module
 */
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

/** Messages to the agent. */
export type FromTied =
  | { readonly type: "ready" }
  | { readonly type: "opened"; readonly socket: number; readonly port: number }
  /** It was not opened; the reason is a sentence. */
  | { readonly type: "failed"; readonly socket: number; readonly reason: string }
  | { readonly type: "received"; readonly socket: number; readonly datagram: string };

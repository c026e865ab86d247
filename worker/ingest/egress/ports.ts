/**
 * The interface of a process that sends one stream to one destination, and the messages between it and its room.
 *
 * @module
 */
import * as z from "zod/mini";
import type { EgressDestination } from "../../../protocol/field/ingest.ts";

/** Reports of an egress process to its owner. */
export interface EgressListener {
  /** The destination accepted the stream. */
  connected(): void;
  /** Bytes sent since the process started. */
  sent(bytes: number): void;
  /** The process ended; `detail` is the reason, without any secret. Not called after disposing. */
  gone(detail: string): void;
}

/** A process that sends. Disposing kills it. */
export interface EgressProcess extends Disposable {
  /** Sends transport packets; false when they were dropped, because too many bytes wait already. */
  write(packets: Uint8Array): boolean;
}

/** Starts an egress process. A start that fails is reported as `gone`. */
export type StartEgress = (
  destination: EgressDestination,
  listener: EgressListener,
) => EgressProcess;

/**
 * The only message to the process. It holds the stream key, which would be shown in the process list as an argument.
 */
export interface ToEgress {
  readonly type: "start";
  readonly destination: EgressDestination;
  /** Hosts and networks inside a private network that may be dialled. */
  readonly allowedHosts: readonly string[];
}

/** Messages of the process. `ready`: it can receive the start; `failed`: it ends next. */
export const FromEgress = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("connected") }),
  z.object({ type: z.literal("sent"), bytes: z.number() }),
  z.object({ type: z.literal("failed"), detail: z.string() }),
]);
export type FromEgress = z.infer<typeof FromEgress>;

/**
 * What a vehicle reports to the worker, and what the worker commands it: the payloads of `Telemetry` and `Command` on
 * the control channel of a stream, and the secret of its datagram links.
 *
 * @module
 */
import * as z from "zod/mini";
import { DriveState } from "../control/control.ts";
import { ARM_REFUSALS, type ArmRefusal } from "../control/failsafe_causes.ts";
import { Readings, VehicleState } from "../control/vehicle.ts";
import type { LinkSecret } from "../datagram/sealed/handshake.ts";
import type { Command } from "./commands.ts";

/** Counts the commands on one channel, from 1. */
const Order = z.int().check(z.gte(1), z.lte(2 ** 31));

/** What a vehicle reports ten times a second. */
export const VehicleTelemetry = z.intersection(
  z.object({
    /** What the actuator puts out; absent before its first report. */
    output: z.optional(DriveState),
    /** The newest `arm` that was decided on, and why the vehicle did not arm; absent: it did. */
    answer: z.optional(z.object({
      to: Order,
      refused: z.optional(z.enum(Object.keys(ARM_REFUSALS) as ArmRefusal[])),
    })),
    readings: Readings,
  }),
  VehicleState,
);
export type VehicleTelemetry = z.infer<typeof VehicleTelemetry>;

/**
 * The commands of a worker. An `arm` that is older than another command has no effect, because its driver may have let
 * go since; the others always have theirs.
 */
export const VehicleOrder = z.discriminatedUnion("command", [
  z.object({ command: z.literal("arm"), parameters: z.object({ order: Order }) }),
  z.object({ command: z.literal("disarm"), parameters: z.object({ order: Order }) }),
  /** The driver is gone. */
  z.object({
    command: z.literal("lost"),
    parameters: z.object({
      order: Order,
      cause: z.enum(["worker_lost", "browser_lost", "handed_over"]),
    }),
  }),
]);
export type VehicleOrder = z.infer<typeof VehicleOrder>;

/** Reads a command of a worker; `undefined` for an unknown one. */
export function readOrder({ command, parameters }: Command): VehicleOrder | undefined {
  return VehicleOrder.safeParse({ command, parameters }).data;
}

/**
 * The link id of path 0 and the secret of the datagram links of one stream's control channel: 40 bytes in hexadecimal.
 * Never logged.
 */
export const DriveSecret = z.string().check(z.regex(/^[0-9a-f]{80}$/));
/** Bytes of a {@linkcode DriveSecret}. */
export const DRIVE_SECRET_BYTES = 40;

/**
 * Reads a secret for the link of a path, 0 to 5: the last byte of its id is that of the secret, combined with the number
 * of the path by exclusive or.
 */
export function readDriveSecret(text: string, path = 0): LinkSecret {
  const bytes = Uint8Array.fromHex(text);
  bytes[7]! ^= path;
  return { id: bytes.subarray(0, 8), secret: bytes.subarray(8) };
}

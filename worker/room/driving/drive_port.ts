/**
 * Which streams are those of vehicles, and the port of their control.
 *
 * @module
 */
import type { IngestSpec, SourceSpec } from "../../sources/ports.ts";

/** The port after that of the pictures, which the coordinator leases with it; `undefined` when there is no vehicle. */
export function drivePort(
  { stream }: Pick<IngestSpec, "stream">,
  [port]: readonly number[],
): number | undefined {
  return isVehicle(stream) && port !== undefined ? port + 1 : undefined;
}

/** Whether a stream is that of a vehicle. */
export function isVehicle({ drive, transport }: IngestSpec["stream"]): boolean {
  return drive !== undefined || transport === "v3xctrl";
}

/** Whether the vehicle is one that runs v3xctrl. */
export function isV3xctrl(spec: SourceSpec): boolean {
  return spec.kind === "ingest" && spec.stream?.transport === "v3xctrl";
}

/**
 * The port of the control link of a stream.
 *
 * @module
 */
import type { IngestSpec } from "../../sources/ports.ts";

/** The port after that of the pictures, which the coordinator leases with it; `undefined` when there is no vehicle. */
export function drivePort(
  { stream }: Pick<IngestSpec, "stream">,
  [port]: readonly number[],
): number | undefined {
  return stream.drive && port !== undefined ? port + 1 : undefined;
}

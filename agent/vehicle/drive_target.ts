/**
 * Where a stream's vehicle is driven from: over the network paths that carry the stream's pictures.
 *
 * @module
 */
import { readHostPort, splitScheme } from "../../protocol/addresses/authority.ts";
import type { StartStream } from "../pipeline/ports.ts";
import type { DriveTarget } from "./ports.ts";

/** Where the vehicle of a stream is driven from; `undefined` when the stream has none. */
export function driveTarget(
  { drive, destinations, bonding_config: { links } }: StartStream,
): DriveTarget | undefined {
  if (!drive || destinations.length < 2) return drive;
  const paths = destinations.map((url, index) => {
    const host = readHostPort(splitScheme(url)?.rest ?? "")?.host;
    const name = links[index]?.interface;
    return { host: host ?? drive.host, ...(name !== undefined && { interface: name }) };
  });
  return { ...drive, paths };
}

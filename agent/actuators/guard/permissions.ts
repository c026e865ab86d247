/**
 * The Deno permissions of the guard: those of its actuator alone.
 *
 * @module
 */
import { LIBC } from "../drivers/libc.ts";
import type { ActuatorConfig } from "../settings.ts";

/** Flags of `deno run`. `processes`: the folder of process files, if there are some. */
export function guardPermissions(
  { kind }: ActuatorConfig,
  processes: string | undefined,
): string[] {
  // Without any flag of this kind Deno would allow everything.
  const files = processes === undefined ? "--allow-env=NO_COLOR" : `--allow-read=${processes}`;
  if (kind === "log") return [files];
  return [files, kind === "udp" ? "--allow-net=127.0.0.1" : `--allow-ffi=${LIBC}`];
}

/**
 * Outlives faults in werift that nobody waits for: it watches few of its promises, and opens sockets without
 * listening for their errors. Without this, one browser's broken packet ended the room for everybody in it.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";

/** A fault that comes again and again is told this often, with how often it came, in milliseconds. */
const REPORT_PERIOD = 10_000;

interface Fault {
  preventDefault(): void;
}

/** Where faults arrive that nobody caught; `globalThis` is one. */
export interface FaultTarget {
  addEventListener(type: "unhandledrejection" | "error", listener: (fault: Fault) => void): void;
}

/** Logs rejections that nobody watches, and ports that were taken in between; what else throws still ends it. */
export function surviveUnhandledFaults(
  target: FaultTarget,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): void {
  let reportedAt: Millis | undefined;
  let untold = 0;

  function outlive(event: Fault, fault: unknown): void {
    event.preventDefault();
    untold += 1;
    const now = clock.now();
    if (reportedAt !== undefined && now - reportedAt < REPORT_PERIOD) return;
    log.error("stray fault", { fault: describe(fault), times: untold });
    reportedAt = now;
    untold = 0;
  }

  target.addEventListener("unhandledrejection", (event) => {
    if ("reason" in event) outlive(event, event.reason);
  });
  target.addEventListener("error", (event) => {
    if ("error" in event && isPortTaken(event.error)) outlive(event, event.error);
  });
}

/** Looking for a free port and taking it are two steps; the browser soon asks for another connection. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function describe(fault: unknown): string {
  return fault instanceof Error ? fault.stack ?? fault.message : String(fault);
}

/**
 * Keeps a process running through werift's unhandled errors: werift leaves promises without a handler, and opens sockets
 * without listening for their errors. One browser's broken packet would end the room for all its sessions.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";

/** Least time between two log lines, in milliseconds; each says how many faults came since the last. */
const REPORT_PERIOD = 10_000;

interface Fault {
  preventDefault(): void;
}

/** The source of unhandled errors; `globalThis` is one. */
export interface FaultTarget {
  addEventListener(type: "unhandledrejection" | "error", listener: (fault: Fault) => void): void;
}

/**
 * Logs unhandled rejections, and errors that say that a port was taken; neither ends the process. Any other unhandled
 * error still does.
 */
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

/** werift looks for a free port and binds it in two steps, and the browser asks for another connection soon. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function describe(fault: unknown): string {
  return fault instanceof Error ? fault.stack ?? fault.message : String(fault);
}

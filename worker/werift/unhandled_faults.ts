/**
 * Logs werift's unhandled errors, which would end the process otherwise: werift has promises without a handler, sockets
 * without a listener for their errors, and timers whose errors nothing catches. One malformed packet of a
 * browser would end the room for all its sessions.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";

/** Least time between two log lines, in milliseconds; each holds the number of errors since the line before. */
const REPORT_PERIOD = 10_000;

interface Fault {
  preventDefault(): void;
}

/** The source of unhandled errors; `globalThis` is one. */
export interface FaultTarget {
  addEventListener(type: "unhandledrejection" | "error", listener: (fault: Fault) => void): void;
}

/**
 * Logs unhandled rejections, errors of a socket that cannot be opened, and errors in werift's own timers; none of them
 * ends the process. Any other unhandled error still does.
 */
export function surviveUnhandledFaults(
  target: FaultTarget,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): void {
  let reportedAt: Millis | undefined;
  let unreported = 0;

  function report(event: Fault, fault: unknown): void {
    event.preventDefault();
    unreported += 1;
    const now = clock.now();
    if (reportedAt !== undefined && now - reportedAt < REPORT_PERIOD) return;
    log.error("unhandled error", { error: describe(fault), count: unreported });
    reportedAt = now;
    unreported = 0;
  }

  target.addEventListener("unhandledrejection", (event) => {
    if ("reason" in event) report(event, event.reason);
  });
  target.addEventListener("error", (event) => {
    if (!("error" in event)) return;
    if (isWithoutSocket(event.error) || isOfWerift(event.error)) report(event, event.error);
  });
}

/**
 * Faults of a socket that werift opens, and that only the connection which wanted it is without. werift finds a free
 * port and then binds it; another socket may bind it in between. Or the process, or the system, has as many files open
 * as it may have.
 */
const NO_SOCKET: readonly unknown[] = ["EADDRINUSE", "EMFILE", "ENFILE"];

function isWithoutSocket(error: unknown): boolean {
  return error instanceof Error && "code" in error && NO_SOCKET.includes(error.code);
}

/** Whether werift was at work: what fails then concerns one connection, and its people can connect anew. */
function isOfWerift(error: unknown): boolean {
  return error instanceof Error && /\/node_modules\/(?:\S*\/)?werift\//.test(error.stack ?? "");
}

function describe(fault: unknown): string {
  return fault instanceof Error ? fault.stack ?? fault.message : String(fault);
}

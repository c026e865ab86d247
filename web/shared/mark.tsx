/**
 * A status as a shape: dot, triangle, square or ring. The word belongs beside it.
 *
 * @module
 */
import type { Status } from "./format.ts";

/** Live is a dot, attention a triangle, lost a square, off a ring. */
export function Mark({ status }: { status: Status }) {
  return (
    <svg class="mark" data-status={status} viewBox="0 0 10 10" aria-hidden="true">
      {status === "attention"
        ? <path d="M5 .6 9.800 9.400H.2z" />
        : status === "lost"
        ? <rect x="0.8" y="0.8" width="8.4" height="8.4" rx="1" />
        : <circle cx="5" cy="5" r={status === "off" ? 3.6 : 4.2} />}
    </svg>
  );
}

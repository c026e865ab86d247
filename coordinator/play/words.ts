/**
 * What people are told, in the product's voice: short, plain, specific.
 *
 * @module
 */
import type { WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { EndReason } from "../../protocol/legs/room.ts";

/** `new-york` is New York. */
export function zoneName(zone: ZoneId): string {
  return zone.split(/[-_]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** Why the coordinator ended a session by itself. */
export function endSentence(reason: EndReason): string {
  switch (reason) {
    case "quit":
      return "You left the game.";
    case "left":
      return "Ended: nobody came back in time.";
    case "worker_lost":
      return "Ended: the machine it ran on cannot be reached any more.";
    case "not_connected":
      return "Ended: no media connection came about within 30 s. A firewall may block UDP.";
    case "operator":
      return "Ended: an operator closed it.";
    case "drained":
      return "Ended: the machine it ran on was taken out of service.";
    case "crashed":
      return "Ended: the program crashed.";
    case "stalled":
      return "Ended: the program stopped answering.";
    case "failed":
      return "Ended: the program could not be started.";
    case "source_ended":
      return "Ended: the live picture stopped.";
  }
}

/** Why there is no place, after `waitedMs` milliseconds of looking for one. */
export function noPlaceSentence(
  { workers, zone, pinned, waitedMs }: {
    /** How many workers would do, full or not. */
    workers: number;
    zone: ZoneId | undefined;
    pinned: WorkerId | undefined;
    waitedMs: number;
  },
): string {
  const where = pinned ? ` on ${pinned}` : zone ? ` in ${zoneName(zone)}` : "";
  if (workers > 0) return `No free place${where}. Waited ${Math.round(waitedMs / 1000)} s for one.`;
  if (pinned) return `Worker ${pinned} is not connected. Waiting for it.`;
  return `No worker${where} is connected. Waiting for one.`;
}

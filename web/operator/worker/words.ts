/**
 * The state of a worker and of a room, a worker's disk and its library in words.
 *
 * @module
 */
import type { StorageReason } from "../../../protocol/disk/storage_fault.ts";
import type { PassedOver } from "../../../protocol/legs/room.ts";
import type { FleetRoom, FleetWorker } from "../../../protocol/rest/fleet.ts";
import { formatClockTime } from "../../shared/format.ts";
import type { Wording } from "../model/words.ts";

/** The state of a worker in words. */
export function workerWording({ state, rooms }: Pick<FleetWorker, "state" | "rooms">): Wording {
  switch (state) {
    case "online":
      return rooms > 0 ? { tone: "live", word: "Online" } : { tone: "ready", word: "Idle" };
    case "draining":
      return { tone: "attention", word: rooms > 0 ? "Draining" : "Drained" };
    case "lost":
      return { tone: "lost", word: "Unreachable" };
  }
}

type RoomState = Pick<FleetRoom, "state" | "closes_at" | "paused" | "viewers">;

/** The state of a room in words. */
export function roomWording({ state, closes_at, paused, viewers }: RoomState): Wording {
  if (state === "kept") {
    const until = closes_at === undefined ? "" : ` until ${formatClockTime(closes_at)}`;
    return { tone: "ready", word: `Kept${until}` };
  }
  if (state === "draining") return { tone: "attention", word: "Draining" };
  if (state === "closed") return { tone: "off", word: "Closed" };
  if (paused) return { tone: "off", word: "Paused" };
  return viewers > 0 ? { tone: "live", word: "Open" } : { tone: "ready", word: "Nobody in" };
}

/** The reason that a worker cannot write to its disk, as the second half of a sentence. */
export function storageWords(reason: StorageReason): string {
  switch (reason) {
    case "full":
      return "its disk is full";
    case "read_only":
      return "its disk is read-only";
    case "denied":
      return "it has no permission to write to its data folder";
    case "missing":
      return "its data folder is not there";
    case "failed":
      return "its disk failed";
  }
}

/** The reason that a file is not in the library, and the next step. */
export function passedOverWords({ reason, cause }: Omit<PassedOver, "path">): string {
  switch (reason) {
    case "not_utf8":
      return "Its name is not UTF-8. Rename it.";
    case "archive":
      return `It is a packed file${cause ? `: ${cause}` : ""}. Unpack it into the folder.`;
    case "unknown_system":
      return "Its name does not tell which system it is for.";
    case "unreadable":
      return `It cannot be read: ${cause ?? "the system gives no reason"}.`;
    case "gone":
      return "It is not there.";
    case "too_deep":
      return "It is below too many folders. Move it up.";
    case "settings":
      return `It cannot be used, and the settings before it stay. ${cause ?? ""}`.trim();
    case "too_many":
      return "The library is full.";
  }
}

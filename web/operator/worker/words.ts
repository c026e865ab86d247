/**
 * A worker's state in words.
 *
 * @module
 */
import type { FleetWorker } from "../../../protocol/rest/fleet.ts";
import type { Wording } from "../model/words.ts";

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

/**
 * The state of a recording in words. Pure.
 *
 * @module
 */
import type { FleetRecording } from "../../../protocol/recording/rest.ts";
import { isCutShort } from "../../recordings/words.ts";
import type { Wording } from "../model/words.ts";

/** The state of a recording, on its device or on a worker. */
export function recordingWording(
  { kind, ended, on_device }: Pick<FleetRecording, "kind" | "ended" | "on_device">,
): Wording {
  if (on_device) {
    const { bytes, sent_bytes, online } = on_device;
    if (!online) return { tone: "attention", word: "On the device, which is offline" };
    if (sent_bytes === 0 || bytes === 0) return { tone: "off", word: "On the device" };
    return { tone: "live", word: `Coming, ${Math.floor(sent_bytes / bytes * 100)} %` };
  }
  if (!ended) return { tone: "live", word: "Recording" };
  if (kind === "device") return { tone: "off", word: "Here" };
  return isCutShort(ended.reason)
    ? { tone: "attention", word: "Ended early" }
    : { tone: "off", word: "Complete" };
}

/** Why a recording can be neither played nor removed; `undefined` when it can. */
export function whyNotHere(
  { ended, on_device }: Pick<FleetRecording, "ended" | "on_device">,
): string | undefined {
  if (on_device) return "It is still on its device.";
  return ended ? undefined : "It is being recorded.";
}

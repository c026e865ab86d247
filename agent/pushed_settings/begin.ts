/**
 * The settings with which a process starts: the box's own, with those that were pushed. Always ends with settings that
 * can be used.
 *
 * @module
 */
import { whyNotKept } from "../../protocol/disk/storage_fault.ts";
import type { Log } from "../../protocol/log.ts";
import type { AgentSettings } from "../config.ts";
import type { SettingsFile } from "./file.ts";
import { type SettingsLife, step } from "./trial.ts";
import { applyValues } from "./values.ts";

/** What a process begins with. */
export interface Begun {
  readonly settings: AgentSettings;
  readonly life: SettingsLife;
}

/** Counts this start, and takes back what cannot be used or was started too often. */
export async function beginSettings(
  { own, file, log }: {
    readonly own: AgentSettings;
    readonly file: SettingsFile;
    readonly log: Log;
  },
): Promise<Begun> {
  const kept = await file.read();
  let begun = usable(own, step(kept, { type: "started" }));
  if (begun.life !== kept) {
    try {
      await file.write(begun.life);
    } catch (error) {
      // A start that is not counted could be repeated without end.
      log.error("pushed settings not written", { error });
      const why = `its start cannot be counted, because ${whyNotKept(error)}`;
      if (begun.life.state === "trial") {
        begun = usable(own, step(begun.life, { type: "unusable", why }));
      }
    }
  }
  const { life } = begun;
  if (life.inForce.version > 0) {
    log.info("pushed settings", { version: life.inForce.version, state: life.state });
  }
  if (life.state === "settled" && life.rolledBack) {
    log.warn("pushed settings taken back", { ...life.rolledBack });
  }
  return begun;
}

/** The newest settings that can be used: those in force, those before, or the box's own. */
function usable(own: AgentSettings, life: SettingsLife): Begun {
  const applied = applyValues(own, life.inForce.values);
  if (applied.ok) return { settings: applied.settings, life };
  const next = step(life, { type: "unusable", why: applied.faults.join("; ") });
  return next === life ? { settings: own, life } : usable(own, next);
}

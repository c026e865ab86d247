/**
 * The file of the settings that were pushed. It is written whole or not at all.
 *
 * @module
 */
import { writeDurably } from "../../protocol/disk/durable_file.ts";
import type { Log } from "../../protocol/log.ts";
import { NOTHING_PUSHED, SettingsLife } from "./trial.ts";

/** Keeps the settings that were pushed. */
export interface SettingsFile {
  /** The kept settings; the box's own when there are none, or when the file is damaged. */
  read(): Promise<SettingsLife>;
  /** @throws the file system's error */
  write(life: SettingsLife): Promise<void>;
}

/** The file at `path`. */
export function settingsFile(path: string, log: Log): SettingsFile {
  return {
    async read() {
      let text: string;
      try {
        text = await Deno.readTextFile(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) {
          log.error("pushed settings not read, the box's own are used", { path, error });
        }
        return NOTHING_PUSHED;
      }
      const life = readLife(text);
      if (!life) log.error("pushed settings damaged, the box's own are used", { path });
      return life ?? NOTHING_PUSHED;
    },
    write: (life) => writeDurably(path, writeLife(life)),
  };
}

/** The content of the file. */
export function writeLife(life: SettingsLife): string {
  return `${JSON.stringify(life)}\n`;
}

/** Reads the content of the file; `undefined` when it is damaged. */
export function readLife(text: string): SettingsLife | undefined {
  try {
    return SettingsLife.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

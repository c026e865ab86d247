/**
 * Reads libretro core-info files: `key = "value"` lines that describe a core without loading it.
 *
 * @module
 */
/** A core as its core-info file describes it. */
export interface CoreInfo {
  /** The core's name, such as `Nestopia`. */
  readonly name: string;
  /** The system's full name, such as `Nintendo Entertainment System`. */
  readonly system: string;
  /** File name extensions it opens, lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Files that it needs besides the game (BIOS), below the system folder; absent when it names none. */
  readonly firmware?: readonly string[];
}

/** Reads a core-info file. Missing keys become empty; other lines are ignored, as the format's own reader does. */
export function parseCoreInfo(text: string): CoreInfo {
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(/^\s*(\w+)\s*=\s*"([^"]*)"/gm)) {
    values.set(key, value);
  }
  const firmware = [...values].flatMap(([key, value]) => {
    const number = /^firmware(\d+)_path$/.exec(key)?.[1];
    return number !== undefined && values.get(`firmware${number}_opt`) === "false" ? [value] : [];
  });
  return {
    ...(firmware.length > 0 && { firmware }),
    name: values.get("corename") ?? values.get("display_name") ?? "",
    system: values.get("systemname") ?? "",
    extensions: (values.get("supported_extensions") ?? "").toLowerCase().split("|")
      .filter((extension) => extension !== ""),
  };
}

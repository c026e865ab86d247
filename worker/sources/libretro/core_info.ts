/**
 * Reads libretro core-info files: `key = "value"` lines that say what a core plays without loading it.
 *
 * @module
 */
export interface CoreInfo {
  /** The core's name, such as `Nestopia`. */
  readonly name: string;
  /** The system's full name, such as `Nintendo Entertainment System`. */
  readonly system: string;
  /** File name extensions it opens, lower case, without the dot. */
  readonly extensions: readonly string[];
}

/** Missing keys become empty; lines that are no setting are passed over, as the format's own reader does. */
export function parseCoreInfo(text: string): CoreInfo {
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(/^\s*(\w+)\s*=\s*"([^"]*)"/gm)) {
    values.set(key, value);
  }
  return {
    name: values.get("corename") ?? values.get("display_name") ?? "",
    system: values.get("systemname") ?? "",
    extensions: (values.get("supported_extensions") ?? "").toLowerCase().split("|")
      .filter((extension) => extension !== ""),
  };
}

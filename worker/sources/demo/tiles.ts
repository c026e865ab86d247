/**
 * Converts drawn tiles to the NES's pattern memory: 16 bytes a tile, the low bits of its eight
 * rows and then the high bits (nesdev.org, "PPU pattern tables").
 *
 * @module
 */
/** Tiles as the NES stores them. */
export interface Tiles {
  /** One pattern table: 256 tiles. */
  readonly patterns: Uint8Array<ArrayBuffer>;
  /** Codes of the named tiles. */
  readonly names: Readonly<Record<string, number>>;
}

const PATTERN_TABLE = 4096;

/**
 * Reads tiles drawn as text, in the form that the header of `paddle_duel.tiles` describes.
 *
 * @throws {SyntaxError} naming the line and what is wrong with it.
 */
export function readTiles(text: string): Tiles {
  const patterns = new Uint8Array(PATTERN_TABLE);
  const names: Record<string, number> = {};
  let codes: number[] = [];
  let row = 8;
  text.split("\n").forEach((line, index) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || words[0] === ";") return;
    if (words[0] === ":") {
      if (row !== 8) {
        throw new SyntaxError(`${place(index)}: the tiles above have ${row} rows, not 8`);
      }
      codes = words.slice(1).map((word) => readCode(word, index));
      row = 0;
      return;
    }
    if (row === 8 || words.length !== codes.length) {
      throw new SyntaxError(`${place(index)}: ${words.length} tiles are too many or too few here`);
    }
    words.forEach((pixels, column) => drawRow(pixels, codes[column]! * 16 + row, index));
    row += 1;
  });
  return { patterns, names };

  function readCode(word: string, index: number): number {
    const named = /^(?:(\w+)=)?\$([0-9a-f]{2})$/.exec(word);
    const code = named ? parseInt(named[2]!, 16) : word.charCodeAt(0);
    if ((!named && word.length > 1) || code > 0xff) {
      throw new SyntaxError(`${place(index)}: "${word}" is not a tile code`);
    }
    if (named?.[1]) names[named[1]] = code;
    return code;
  }

  function drawRow(pixels: string, at: number, index: number): void {
    if (!/^[.123]{8}$/.test(pixels)) {
      throw new SyntaxError(`${place(index)}: "${pixels}" is not eight pixels`);
    }
    for (const pixel of pixels) {
      const colour = pixel === "." ? 0 : Number(pixel);
      patterns[at] = (patterns[at]! << 1) | (colour & 1);
      patterns[at + 8] = (patterns[at + 8]! << 1) | (colour >> 1);
    }
  }
}

function place(index: number): string {
  return `Cannot read tiles in line ${index + 1}`;
}

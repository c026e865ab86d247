/**
 * A picture that takes many bits: patterned tiles in two layers that scroll at different speeds, under sprites that fly
 * about. The same seed gives the same scene.
 *
 * @module
 */
import type { Picture } from "../../../media/ports.ts";
import type { Random } from "../../../protocol/random.ts";

/** Side of a tile and of a sprite, in pixels. */
const TILE = 16;
/** Tiles of a layer in each direction; the layer repeats after them. */
const LAYER = 32;
const PATTERNS = 48;
const SPRITES = 24;
/** Pixels that a layer moves to the left in each picture. */
const SPEEDS = { back: 1, front: 2 } as const;
/** Side of the blocks of a pattern, in pixels. */
const BLOCK = 4;
/** Share of a pattern's pixels that differ from their block. */
const SINGLES = 0.08;
/** Lines of a console's picture; a higher picture shows its pixels as squares of this many times the size. */
const LINES = 240;
/** Share of the front layer's tiles that let the back one through. */
const HOLES = 0.5;
/** Marks a pixel that is not drawn. */
const CLEAR = -1;

type Pattern = Int32Array;

/** Returns a function that draws the picture of a frame; its data is valid until the next call. */
export function busyScene(
  { width, height, random }: { width: number; height: number; random: Random },
): (frame: number) => Picture {
  const patterns = Array.from({ length: PATTERNS }, () => drawPattern(random, 0));
  const layer = (holes: number) =>
    Array.from(
      { length: LAYER * LAYER },
      () => random.unit() < holes ? undefined : patterns[below(random, PATTERNS)],
    );
  const [back, front] = [layer(0), layer(HOLES)];
  const sprites = Array.from({ length: SPRITES }, () => ({
    pattern: drawPattern(random, 0.3),
    phase: 2 * Math.PI * random.unit(),
    period: 15 + 30 * random.unit(),
  }));
  const zoom = Math.max(1, Math.round(height / LINES));
  const pixels = new Int32Array(width * height);
  const data = new Uint8Array(pixels.buffer);

  function drawLayer(tiles: readonly (Pattern | undefined)[], shift: number): void {
    for (let y = 0; y < height; y++) {
      const down = Math.floor(y / zoom);
      const row = ((down >> 4) % LAYER) * LAYER;
      for (let x = 0; x < width; x++) {
        const across = Math.floor((x + shift * zoom) / zoom);
        const pixel = tiles[row + (across >> 4) % LAYER]?.[(down & 15) * TILE + (across & 15)];
        if (pixel !== undefined) pixels[y * width + x] = pixel;
      }
    }
  }

  function drawSprite(pattern: Pattern, [left, top]: readonly [number, number]): void {
    const side = TILE * zoom;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const pixel = pattern[Math.floor(y / zoom) * TILE + Math.floor(x / zoom)]!;
        if (pixel !== CLEAR) pixels[(top + y) * width + left + x] = pixel;
      }
    }
  }

  return (frame) => {
    drawLayer(back, SPEEDS.back * frame);
    drawLayer(front, SPEEDS.front * frame);
    for (const { pattern, phase, period } of sprites) {
      const left = (width - TILE * zoom) * (0.5 + 0.5 * Math.sin(frame / period + phase));
      const top = (height - TILE * zoom) * (0.5 + 0.5 * Math.cos(frame / period + 2 * phase));
      drawSprite(pattern, [Math.floor(left), Math.floor(top)]);
    }
    return { data, format: "xrgb8888", width, height, stride: 4 * width };
  };
}

/** A pattern of four shades of one colour in blocks of four pixels, with single pixels between: a console's tile. */
function drawPattern(random: Random, clear: number): Pattern {
  const base = [random, random, random].map((each) => 48 + 160 * each.unit());
  const shades = [-36, -12, 12, 36].map((lighter) =>
    base.reduce((pixel, channel) => pixel << 8 | Math.round(channel + lighter), 0)
  );
  const blocks = Array.from(
    { length: (TILE / BLOCK) ** 2 },
    () => random.unit() < clear ? CLEAR : shades[below(random, shades.length)]!,
  );
  return Int32Array.from({ length: TILE * TILE }, (_, at) => {
    const [x, y] = [at % TILE, Math.floor(at / TILE)];
    const block = blocks[Math.floor(y / BLOCK) * TILE / BLOCK + Math.floor(x / BLOCK)]!;
    const isSingle = block !== CLEAR && random.unit() < SINGLES;
    return isSingle ? shades[below(random, shades.length)]! : block;
  });
}

function below(random: Random, count: number): number {
  return Math.floor(random.unit() * count);
}

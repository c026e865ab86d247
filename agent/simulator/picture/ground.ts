/**
 * Draws the ground of the simulated world in perspective, row by row: road with kerbs, meadow and sea; and the sky above.
 *
 * The distance from the middle of the road and the way along it come from a grid that is computed once. Since the
 * camera's height is fixed, so is the distance of each row: its colours by distance from the road are computed once,
 * with the blur and the haze of that row. A pixel costs one interpolation and one look into a table.
 *
 * @module
 */
import type { Chase, Lens } from "./chase.ts";
import { HAZE, hazy, mean, mix } from "./colours.ts";
import { BOUNDS, KERB, LAP, nearestTo, ROAD_HALF } from "../track.ts";

/** Distance of the grid's points, in metres. */
const CELL = 0.5;
/** Beyond this distance from the middle of the road all is meadow, in metres. */
const REACH = 8;
/** Entries of a row's table from the middle of the road to {@linkcode REACH}. */
const ENTRIES = 256;
/** Each row has a table for both colours of the kerb, and for two shades of road and meadow. */
const TABLES = 4;
/** Length of two shades of the road, near which the lap is divided evenly, in metres. */
const BAND = 8;
/** Side of a piece of meadow in one shade is 2 to the power of this, in metres. */
const PATCH_BITS = 2;
/** Further away all is sea and haze, in metres. */
const FAR = 260;
const ROAD = [0x50565f, 0x474d56];
const EDGE_LINE = 0xe8ebe6;
const KERBS = [0xc8402f, 0xeceae4];
const VERGE = 0x8f9a55;
const MEADOW = [0x5f9a47, 0x57913f];
const SEA = 0x3c7ea6;
const SHORE = 0xd8cc9a;
const SKY_TOP = 0x4f8fd0;
const ISLANDS = 0x8fa9b8;
/** From the edge of the meadow to the sea, in metres. */
const BEACH = 3;
/** Directions in which the height of distant islands is known. */
const DIRECTIONS = 1024;

/** Draws sky and ground into pixels of 0xRRGGBB. */
export function createGround(lens: Lens): (pixels: Uint32Array, camera: Chase) => void {
  const { width, height, focal, horizon, above } = lens;
  const top = Math.ceil(horizon);
  const grid = makeGrid();
  const distances = Float64Array.from(
    { length: height - top },
    (_, row) => focal * above / (row + top + 0.5 - horizon),
  );
  const tables = makeTables(distances, lens);
  const sky = Uint32Array.from({ length: top }, (_, row) => mix(SKY_TOP, HAZE, (row / top) ** 1.4));
  const islands = makeIslands(height);
  const columnAngles = Float64Array.from(
    { length: width },
    (_, column) => Math.atan((column + 0.5 - width / 2) / focal),
  );

  function drawSky(pixels: Uint32Array, yaw: number): void {
    for (let row = 0; row < top; row++) pixels.fill(sky[row]!, row * width, (row + 1) * width);
    for (let column = 0; column < width; column++) {
      const angle = (yaw - columnAngles[column]!) / (2 * Math.PI) * DIRECTIONS;
      const direction = ((Math.round(angle) % DIRECTIONS) + DIRECTIONS) % DIRECTIONS;
      for (let row = top - islands[direction]!; row < top; row++) {
        pixels[row * width + column] = ISLANDS;
      }
    }
  }

  function drawRow(pixels: Uint32Array, row: number, { x, y, cos, sin }: Chase): void {
    const ahead = distances[row]!;
    const first = (row + top) * width;
    const table = row * TABLES * ENTRIES;
    const scale = ahead / focal;
    // To the right is (sin, −cos).
    const [stepX, stepY] = [sin * scale / CELL, -cos * scale / CELL];
    let gridX = (x + cos * ahead - sin * scale * (width - 1) / 2 - BOUNDS.left) / CELL;
    let gridY = (y + sin * ahead + cos * scale * (width - 1) / 2 - BOUNDS.bottom) / CELL;
    const sea = hazy(SEA, ahead);
    const shore = hazy(SHORE, ahead);
    const margin = -BEACH / CELL;
    const { columns, rows, away, wave } = grid;
    // Many pixels in a row are in the same cell: its interpolations are prepared once.
    let known = -1;
    let [away0, awayX, awayY, awayXY] = [0, 0, 0, 0];
    let [wave0, waveX, waveY, waveXY] = [0, 0, 0, 0];
    let patch = 0;
    for (let at = first; at < first + width; at++, gridX += stepX, gridY += stepY) {
      if (gridX < 0 || gridY < 0 || gridX >= columns - 1 || gridY >= rows - 1) {
        const isSea = gridX < margin || gridY < margin || gridX > columns - 1 - margin ||
          gridY > rows - 1 - margin;
        pixels[at] = isSea ? sea : shore;
        continue;
      }
      const i = gridX | 0;
      const j = gridY | 0;
      const cell = j * columns + i;
      if (cell !== known) {
        known = cell;
        const above = cell + columns;
        away0 = away[cell]!;
        awayX = away[cell + 1]! - away0;
        awayY = away[above]! - away0;
        awayXY = away[above + 1]! - away[above]! - awayX;
        wave0 = wave[cell]!;
        waveX = wave[cell + 1]! - wave0;
        waveY = wave[above]! - wave0;
        waveXY = wave[above + 1]! - wave[above]! - waveX;
        patch = table + ((i >> PATCH_BITS + 1 ^ j >> PATCH_BITS + 1) & 1) * ENTRIES;
      }
      const right = gridX - i;
      const up = gridY - j;
      const entry = away0 + awayX * right + (awayY + awayXY * right) * up | 0;
      if (entry >= KERB_ENTRY) {
        pixels[at] = tables[patch + entry]!;
        continue;
      }
      const phase = wave0 + waveX * right + (waveY + waveXY * right) * up;
      const square = phase * phase;
      // The cosine of four times the angle: the kerb's colours change four times as often as the road's.
      const variant = (phase > 0 ? 1 : 0) + (8 * square * (square - 1) + 1 > 0 ? 2 : 0);
      pixels[at] = tables[table + variant * ENTRIES + entry]!;
    }
  }

  return (pixels, camera) => {
    drawSky(pixels, camera.yaw);
    for (let row = 0; row < distances.length; row++) {
      if (distances[row]! > FAR) {
        const first = (row + top) * width;
        pixels.fill(hazy(SEA, distances[row]!), first, first + width);
      } else drawRow(pixels, row, camera);
    }
  };
}

/** Beyond this entry of a table no kerb is seen, blurred or not. */
const KERB_ENTRY = (ROAD_HALF + KERB + 0.4) / REACH * ENTRIES;

interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Distance from the middle of the road, in entries of a table. */
  readonly away: Float32Array;
  /** Cosine of the way along the road, once in two shades. */
  readonly wave: Float32Array;
}

function makeGrid(): Grid {
  const columns = Math.round((BOUNDS.right - BOUNDS.left) / CELL) + 1;
  const rows = Math.round((BOUNDS.top - BOUNDS.bottom) / CELL) + 1;
  const away = new Float32Array(columns * rows);
  const wave = new Float32Array(columns * rows);
  const turns = Math.round(LAP / BAND) / LAP * 2 * Math.PI;
  for (let cell = 0; cell < away.length; cell++) {
    const x = BOUNDS.left + cell % columns * CELL;
    const y = BOUNDS.bottom + Math.floor(cell / columns) * CELL;
    const { lateral, along } = nearestTo({ x, y });
    away[cell] = Math.min(ENTRIES - 1, Math.abs(lateral) / REACH * ENTRIES);
    wave[cell] = Math.cos(along * turns);
  }
  return { columns, rows, away, wave };
}

/** For each row its tables one after another: bit 0 is the shade, bit 1 the colour of the kerb. */
function makeTables(distances: Float64Array, { focal, above }: Lens): Uint32Array {
  const tables = new Uint32Array(distances.length * TABLES * ENTRIES);
  distances.forEach((ahead, row) => {
    const blur = Math.max(ahead / focal, 0.3 * ahead * ahead / (focal * above));
    // Far away a pixel is longer than the pieces of both colours, which give their mean.
    const merged = Math.min(1, ahead * ahead / (focal * above) / 1.5);
    for (let entry = 0; entry < ENTRIES; entry++) {
      const away = (entry + 0.5) / ENTRIES * REACH;
      for (let variant = 0; variant < TABLES; variant++) {
        const own = blurred(away, blur, variant);
        const other = blurred(away, blur, variant ^ 2);
        const colour = mix(own, mean([own, other]), merged);
        tables[(row * TABLES + variant) * ENTRIES + entry] = hazy(colour, ahead);
      }
    }
  });
  return tables;
}

function blurred(away: number, blur: number, variant: number): number {
  const taps = [-0.4, -0.2, 0, 0.2, 0.4];
  return mean(taps.map((tap) => surface(Math.abs(away + tap * blur), variant)));
}

function surface(away: number, variant: number): number {
  const shade = variant & 1;
  if (away < ROAD_HALF - 0.25) return ROAD[shade]!;
  if (away < ROAD_HALF - 0.1) return EDGE_LINE;
  if (away < ROAD_HALF) return ROAD[shade]!;
  if (away < ROAD_HALF + KERB) return KERBS[variant >> 1]!;
  return away < ROAD_HALF + KERB + 0.5 ? VERGE : MEADOW[shade]!;
}

/** Heights of distant islands by direction, in rows. */
function makeIslands(height: number): Uint8Array {
  return Uint8Array.from({ length: DIRECTIONS }, (_, direction) => {
    const angle = direction / DIRECTIONS * 2 * Math.PI;
    const rise = Math.sin(3 * angle + 1) + 0.6 * Math.sin(7 * angle + 2) +
      0.25 * Math.sin(17 * angle) + 0.12 * Math.sin(41 * angle + 0.5) - 0.55;
    return Math.max(0, Math.round(rise * height / 45));
  });
}

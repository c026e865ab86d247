/**
 * Where the vehicle was: a bounded trail of GPS positions, and its drawing in metres around the vehicle. Pure; no map of
 * the world is loaded.
 *
 * @module
 */

/** A position on earth, in degrees. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** The most points of a trail. When they are all used, every second one of the older half is left out. */
export const MOST_POINTS = 600;
/** A shorter way than this is noise of the receiver, in metres. */
const LEAST_STEP = 0.5;
/** A longer way between two reports is a receiver that was lost, in metres: the trail begins anew. */
const LONGEST_STEP = 500;
/** Metres of one degree of latitude. */
const DEGREE = 111_320;

/** The trail with a further position; the same array when it is too near to the newest one. */
export function grow(trail: readonly Position[], position: Position): readonly Position[] {
  const newest = trail.at(-1);
  const step = newest ? distance(newest, position) : Infinity;
  if (step < LEAST_STEP) return trail;
  if (newest && step > LONGEST_STEP) return [position];
  const grown = [...trail, position];
  return grown.length > MOST_POINTS ? thin(grown) : grown;
}

/** Metres between two positions that are not far apart. */
export function distance(a: Position, b: Position): number {
  const { x, y } = offset(a, b);
  return Math.hypot(x, y);
}

/** What a map shows: the trail in the map's own units from its middle, y downwards, and a bar of so many metres. */
export interface TrailMap {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly here: { readonly x: number; readonly y: number };
  readonly bar: { readonly metres: number; readonly length: number };
}

/**
 * Fits the trail into a square of `size`, north up, with the newest position in view; `undefined` without a position.
 * The scale grows in steps, so that the picture stands still while the vehicle moves.
 */
export function mapOf(trail: readonly Position[], size: number): TrailMap | undefined {
  const origin = trail.at(-1);
  if (!origin) return undefined;
  const metres = trail.map((position) => offset(origin, position));
  const xs = metres.map(({ x }) => x);
  const ys = metres.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [south, north] = [Math.min(...ys), Math.max(...ys)];
  const span = roundUp(Math.max(right - left, north - south, 10) * 1.25);
  const scale = size / span;
  const [midX, midY] = [(left + right) / 2, (south + north) / 2];
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({
    x: (x - midX) * scale,
    y: (midY - y) * scale,
  });
  const bar = roundDown(span / 2.5);
  return {
    points: metres.map(place),
    here: place({ x: 0, y: 0 }),
    bar: { metres: bar, length: bar * scale },
  };
}

/** Metres east and north from `origin`, on the short way around the date line. */
function offset(
  origin: Position,
  { lat, lon }: Position,
): { readonly x: number; readonly y: number } {
  const east = ((lon - origin.lon + 540) % 360) - 180;
  const shrink = Math.cos(origin.lat * Math.PI / 180);
  return { x: east * DEGREE * shrink, y: (lat - origin.lat) * DEGREE };
}

function thin(trail: readonly Position[]): readonly Position[] {
  const half = trail.length >> 1;
  return trail.filter((_, i) => i >= half || i % 2 === 0);
}

/** The next of 1, 2, 5, 10, 20, 50 … from `value` up. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9))!;
}

/** The next of 1, 2, 5, 10, 20, 50 … from `value` down. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [5, 2, 1].find((step) => step * power <= value * (1 + 1e-9))!;
}

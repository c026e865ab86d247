/**
 * The UDP ports of one worker. They are leased in pairs, an even one for media and the next one for the control links of
 * a vehicle. The taken ports are computed from the active streams and stored nowhere else, so the two cannot disagree.
 *
 * @module
 */

/** A range of ports. */
export interface PortRange {
  /** First and last port, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/** How many pairs a range holds. */
export function pairsOf({ first, last }: PortRange): number {
  return Math.max(0, Math.floor((last + 1 - evenFrom(first)) / 2));
}

/** How many pairs of the range are free. */
export function freePairs(range: PortRange, taken: ReadonlySet<number>): number {
  let free = 0;
  for (const port of pairs(range)) if (isFree(port, taken)) free++;
  return free;
}

/**
 * The first `count` free pairs, by their even ports; `undefined` when there are fewer. The search starts after the port
 * `after`, so that a port that was just released is reused as late as possible.
 */
export function leasePairs(
  range: PortRange,
  taken: ReadonlySet<number>,
  { count, after }: { readonly count: number; readonly after?: number | undefined },
): readonly number[] | undefined {
  const all = [...pairs(range)].filter((port) => isFree(port, taken));
  if (all.length < count) return undefined;
  const later = after === undefined ? [] : all.filter((port) => port > after);
  return [...later, ...all.filter((port) => !later.includes(port))].slice(0, count);
}

/** Every port that a stream with these media ports holds. */
export function portsHeld(mediaPorts: readonly number[]): number[] {
  return mediaPorts.flatMap((port) => [port, port + 1]);
}

function* pairs({ first, last }: PortRange): Generator<number> {
  for (let port = evenFrom(first); port + 1 <= last; port += 2) yield port;
}

function evenFrom(first: number): number {
  return first + (first & 1);
}

function isFree(port: number, taken: ReadonlySet<number>): boolean {
  return !taken.has(port) && !taken.has(port + 1);
}

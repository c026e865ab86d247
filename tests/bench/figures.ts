/** The value below which a share `p` (0 … 1) of the samples lies; NaN without samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN;
}

/** The median of the samples; NaN without samples. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Rounds to two decimals; measurements on these machines are less exact than that. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

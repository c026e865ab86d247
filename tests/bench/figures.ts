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

/** `NAME_p50`, `NAME_p90`, `NAME_p95` and `NAME_max` of the samples, rounded. */
export function percentiles(name: string, samples: readonly number[]): Record<string, number> {
  return {
    [`${name}_p50`]: round(percentile(samples, 0.5)),
    [`${name}_p90`]: round(percentile(samples, 0.9)),
    [`${name}_p95`]: round(percentile(samples, 0.95)),
    [`${name}_max`]: round(Math.max(...samples)),
  };
}

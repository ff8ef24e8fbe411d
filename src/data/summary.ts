/** Five numbers that describe many. */

export interface Summary {
  min: number;
  median: number;
  /** 95th percentile. */
  p95: number;
  max: number;
  mean: number;
}

/** All zero where there are no values. Percentiles are values that occur (nearest rank). */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) return { min: 0, median: 0, p95: 0, max: 0, mean: 0 };
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { min: at(0), median: at(0.5), p95: at(0.95), max: at(1), mean };
}

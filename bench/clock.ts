/** The machine's monotonic clock, which all its processes share; Python's CLOCK_MONOTONIC is the same. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Time that has passed, whatever is done to the clock on the wall. */
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';

/**
 * Starts to measure; the returned function tells the milliseconds since. Stopping the process (SIGSTOP) does not stop it, nor does
 * suspending the machine where the system says how long that took (Linux).
 */
export function startElapsed(): () => number {
  const startedMs = performance.now();
  const bootedMs = sinceBootMs();
  return () => Math.max(performance.now() - startedMs, sinceBootMs() - bootedMs);
}

/** Linux counts suspension here, in steps of 10 ms; elsewhere the figure is not monotonic. */
function sinceBootMs(): number {
  return process.platform === 'linux' ? uptime() * 1000 : 0;
}

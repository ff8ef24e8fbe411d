/** What happens in a run as Prometheus metrics. */
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import type { RunEvent } from '../rpc/run-events.js';

export function countEvent(metrics: CoordinatorMetrics, event: RunEvent): void {
  switch (event.kind) {
    case 'joined':
      return metrics.joined();
    case 'left':
      return metrics.left(event.worker);
    case 'generation':
      return metrics.generation(event.generation, event.world, event.seconds);
    case 'saveFailed':
      return metrics.saveFailed();
    case 'step':
      if (event.line['skipped'] === 1) metrics.skipped();
  }
}

/** What happens in a run as Prometheus metrics. */
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import type { RunEvent } from '../rpc/run-events.js';

export function countEvent(metrics: CoordinatorMetrics, event: RunEvent): void {
  switch (event.kind) {
    case 'joined':
      return metrics.joined(event.worker);
    case 'left':
      return metrics.left(event.worker);
    case 'generation':
      if (event.generation > 1) metrics.restarted('generation');
      return metrics.generation(event.generation, event.world, event.seconds);
    case 'saved':
      return metrics.saved(event.step);
    case 'saveFailed':
      return metrics.saveFailed();
    case 'step':
      return metrics.step(event.line);
  }
}

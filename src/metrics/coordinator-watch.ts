/** What a coordinator lets others see of itself, whether it leads a run, stands by for one, or waits for the next. */
import { Gauge } from 'prom-client';
import { instrumentsOf } from './instruments.js';
import { type LeaseMetrics, leaseMetrics } from './lease-metrics.js';
import { Watch } from './watch.js';

/** A store that takes longer is away as far as a scrape goes. */
const DEPTH_MS = 2_000;

export class CoordinatorWatch extends Watch {
  readonly lease: LeaseMetrics;

  constructor() {
    super('coordinator');
    this.lease = leaseMetrics(instrumentsOf(this.registry));
  }

  /** Shows how many runs are submitted and not done. */
  showQueue(depth: () => Promise<number>): void {
    new Gauge({
      ...{ name: 'mlip_queue_depth', help: 'Runs submitted and not done; NaN where the store does not answer' },
      registers: [this.registry],
      async collect() {
        this.set(await withinTime(depth).catch(() => NaN));
      },
    });
  }
}

async function withinTime(depth: () => Promise<number>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => (timer = setTimeout(() => resolve(NaN), DEPTH_MS)));
  try {
    return await Promise.race([depth(), late]);
  } finally {
    clearTimeout(timer);
  }
}

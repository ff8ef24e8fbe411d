/** Makes the metrics of one registry. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Label } from './labels.js';
import { SECONDS_BUCKETS } from './registry.js';

export interface Instruments {
  gauge: (name: string, help: string, ...labelNames: Label[]) => Gauge;
  counter: (name: string, help: string, ...labelNames: Label[]) => Counter;
  /** Of durations. */
  histogram: (name: string, help: string, ...labelNames: Label[]) => Histogram;
}

export function instrumentsOf(registry: Registry): Instruments {
  const registers = [registry];
  return {
    gauge: (name, help, ...labelNames) => new Gauge({ name, help, labelNames, registers }),
    counter: (name, help, ...labelNames) => new Counter({ name, help, labelNames, registers }),
    histogram: (name, help, ...labelNames) =>
      new Histogram({ name, help, labelNames, registers, buckets: SECONDS_BUCKETS }),
  };
}
